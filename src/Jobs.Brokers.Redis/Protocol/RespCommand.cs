namespace Jobs.Brokers.Redis.Protocol;

/// <summary>One command, encoded while it is put together. Pooled; not for concurrent use.</summary>
/// <remarks>It belongs to the client from the call until the returned task has completed; then it may be sent again, or released.</remarks>
internal sealed class RespCommand
{
    /// <summary>Takes a command from the pool.</summary>
    public static RespCommand Rent(ReadOnlySpan<byte> name) => throw new NotImplementedException();

    /// <summary>A call of a script: EVALSHA, or EVAL where the server does not have it. Keys come next, then arguments.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">How many keys follow, 1 or more.</param>
    public static RespCommand Rent(RedisScript script, int keys) => throw new NotImplementedException();

    /// <summary>The next argument is a key; the first one decides which node of a cluster is asked.</summary>
    public RespCommand Key(ReadOnlySpan<byte> key) => throw new NotImplementedException();

    public RespCommand Add(ReadOnlySpan<byte> argument) => throw new NotImplementedException();

    /// <summary>Text in UTF-8.</summary>
    public RespCommand Add(string argument) => throw new NotImplementedException();

    public RespCommand Add(long argument) => throw new NotImplementedException();

    /// <summary>A stream entry's id: <c>{milliseconds}-{sequence}</c>.</summary>
    public RespCommand AddId(ulong milliseconds, ulong sequence) => throw new NotImplementedException();

    /// <summary>How many bytes it has on the wire.</summary>
    public int Length => throw new NotImplementedException();

    /// <summary>Gives it back to the pool.</summary>
    public void Release() => throw new NotImplementedException();
}
