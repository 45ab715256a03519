namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The server refused a command.</summary>
internal sealed class RedisServerException(RedisErrorKind kind, string message) : IOException(message)
{
    public RedisErrorKind Kind { get; } = kind;
}
