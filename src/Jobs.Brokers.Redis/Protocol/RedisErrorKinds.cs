namespace Jobs.Brokers.Redis.Protocol;

/// <summary>What to do about an error.</summary>
internal static class RedisErrorKinds
{
    /// <summary>True if the same command may well succeed a moment later, without anyone mending anything.</summary>
    public static bool Passes(this RedisErrorKind kind) =>
        kind is RedisErrorKind.Loading or RedisErrorKind.ReadOnly or RedisErrorKind.Unavailable or RedisErrorKind.Busy;
}
