namespace Jobs.Brokers.Redis.Protocol;

/// <summary>There is no connection, or it ended before the answer came.</summary>
/// <param name="message">What happened, and to which server.</param>
/// <param name="mayHaveRun">True if the command was handed to the connection: the server may have carried it out.</param>
/// <param name="inner">The cause.</param>
internal sealed class RedisConnectionException(string message, bool mayHaveRun, Exception? inner = null) : IOException(message, inner)
{
    public bool MayHaveRun { get; } = mayHaveRun;
}
