namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The server answers, but it is not what the options take it for.</summary>
internal sealed class RedisConfigurationException(string message) : IOException(message);
