namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Where a client connects, and how: what a connection string says.</summary>
internal sealed record RedisClientOptions
{
    /// <exception cref="FormatException">A part is not known, or not valid; the message names it, and never shows a password.</exception>
    public static RedisClientOptions Parse(string connectionString) => throw new NotImplementedException();
}
