namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The server sent what the protocol does not allow, or what was not asked for.</summary>
internal sealed class RedisProtocolException(string message) : IOException(message);
