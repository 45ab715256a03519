namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Finds the end of a reply in input that comes in pieces, without going over it again. RESP2 and RESP3.</summary>
/// <remarks>It counts the values that are still owed instead of nesting, so that no depth and no length costs memory.</remarks>
/// <param name="limit">The most bytes of a reply.</param>
internal struct RespScanner(int limit)
{
    // Longer lines are not sent: texts of errors and statuses, numbers, lengths.
    private const int LongestLine = 64 * 1024;

    private readonly int _limit = limit;
    private int _offset;
    private int _searched = 1;
    private long _owed = 1;

    /// <summary>Finds the end of the reply; then it is ready for the next one.</summary>
    /// <param name="reply">The reply from its start: what was there at the last call, and more.</param>
    /// <param name="length">How long it is.</param>
    /// <returns>False if there must be more input.</returns>
    /// <exception cref="RedisProtocolException">This is no reply, or it is too long.</exception>
    public bool TryScan(ReadOnlySpan<byte> reply, out int length)
    {
        length = 0;
        while (_owed > 0)
        {
            var value = reply[_offset..];
            if (value.IsEmpty || !TryFindLineEnd(value, out var lineEnd) || !TryPass(value, RespHeader.Parse(value, lineEnd)))
            {
                return false;
            }
        }

        length = _offset;
        this = new RespScanner(_limit);
        return true;
    }

    private bool TryFindLineEnd(ReadOnlySpan<byte> value, out int lineEnd)
    {
        if (!RespHeader.IsKnown(value[0]))
        {
            throw RespHeader.Unknown(value[0]);
        }

        var found = value[_searched..].IndexOf((byte)'\n');
        lineEnd = _searched + found - 1;
        if (found < 0)
        {
            _searched = value.Length;
            return value.Length <= LongestLine ? false : throw BadLine();
        }

        return lineEnd is > 0 and <= LongestLine && value[lineEnd] == '\r' ? true : throw BadLine();
    }

    private bool TryPass(ReadOnlySpan<byte> value, in RespHeader header)
    {
        // An attribute stands before a value: it takes no value's place. No value has less than three bytes.
        var owed = _owed + header.Values - (header.Type == RespType.Attribute ? 0 : 1);
        if (_offset + header.Size + (3 * owed) > _limit)
        {
            throw new RedisProtocolException($"The server sent a reply of more than {_limit} bytes.");
        }

        if (header.Size > value.Length)
        {
            return false;
        }

        if (!value[..(int)header.Size].EndsWith("\r\n"u8))
        {
            throw new RedisProtocolException("The server sent a value that is not as long as it said.");
        }

        _offset += (int)header.Size;
        _owed = owed;
        _searched = 1;
        return true;
    }

    private static RedisProtocolException BadLine() => new("The server sent a line that does not end as a reply's must.");
}
