using System.Buffers.Text;
using System.Text;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Walks over a whole, well-formed reply of RESP2 or RESP3, forwards. Attributes are passed over.</summary>
/// <remarks>What is not of the kind asked for is a <see cref="RedisProtocolException"/>; an error inside a reply, read as a value,
/// is a <see cref="RedisServerException"/>. https://redis.io/docs/latest/develop/reference/protocol-spec/</remarks>
internal ref struct RespReader(ReadOnlySpan<byte> reply)
{
    private ReadOnlySpan<byte> _rest = reply;

    /// <summary>True if the next value is a map (RESP3), false if it is something else. Passes nothing.</summary>
    public bool IsMap => Peek().Type == RespType.Map;

    /// <summary>True if the next value is an error. Passes nothing.</summary>
    public bool IsError => Peek().IsError;

    /// <summary>True if the next value is a push: no answer to a command. Passes nothing.</summary>
    public bool IsPush => Peek().Type == RespType.Push;

    /// <summary>True if the next value is null (of either version); it is then passed.</summary>
    public bool TryReadNull()
    {
        var header = Peek();
        if (header.Type == RespType.Null)
        {
            Take(header);
        }

        return header.Type == RespType.Null;
    }

    /// <summary>Enters an array, set or push: how many values follow. A map of n pairs counts 2 n. Null counts 0.</summary>
    public int ReadArray()
    {
        var header = Peek();
        var content = Take(header);
        return header.Type switch
        {
            RespType.Array or RespType.Map or RespType.Set or RespType.Push or RespType.Null => (int)Math.Min(header.Values, int.MaxValue),
            RespType.Error or RespType.BulkError => throw RedisErrors.ToException(content),
            _ => throw Unexpected(header, "an array"),
        };
    }

    /// <summary>A string, simple, bulk or verbatim; a number's text. Null is empty.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var header = Peek();
        var content = Take(header);
        return header.Type switch
        {
            RespType.Array or RespType.Map or RespType.Set or RespType.Push => throw Unexpected(header, "a string"),
            // Three letters and a colon say what kind of text it is.
            RespType.Verbatim => content.Length >= 4 ? content[4..] : throw Unexpected(header, "a string"),
            RespType.Error or RespType.BulkError => throw RedisErrors.ToException(content),
            _ => content,
        };
    }

    /// <summary>The error that the next value is.</summary>
    public RedisServerException ReadError() => RedisErrors.ToException(Take(Peek()));

    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>A number, or a string that is one.</summary>
    public long ReadInteger()
    {
        var header = Peek();
        var text = ReadBytes();
        return header.Type switch
        {
            RespType.Boolean => text is [(byte)'t'] ? 1 : 0,
            _ when Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length => number,
            _ => throw Unexpected(header, "a whole number"),
        };
    }

    /// <summary>Passes one value with all that it holds.</summary>
    public void Skip() => Skip(1);

    private static RedisProtocolException Unexpected(in RespHeader header, string wanted) =>
        new($"The server sent a value of type '{(char)header.Type}' where {wanted} was expected.");

    private ReadOnlySpan<byte> Take(scoped in RespHeader header)
    {
        var content = header.Content(_rest);
        _rest = _rest[(int)header.Size..];
        return content;
    }

    // Counts what is owed instead of calling itself: hostile input may nest as deep as it likes.
    private void Skip(long owed)
    {
        while (owed > 0)
        {
            var header = PeekAny();
            Take(header);
            owed += header.Values - (header.Type == RespType.Attribute ? 0 : 1);
        }
    }

    private RespHeader Peek()
    {
        var header = PeekAny();
        while (header.Type == RespType.Attribute)
        {
            Take(header);
            Skip(header.Values);
            header = PeekAny();
        }

        return header;
    }

    private readonly RespHeader PeekAny()
    {
        var lineEnd = _rest.IndexOf((byte)'\n') - 1;
        if (lineEnd < 1)
        {
            throw new RedisProtocolException("The reply has fewer values than were asked for.");
        }

        var header = RespHeader.Parse(_rest, lineEnd);
        return header.Size <= _rest.Length ? header : throw new RedisProtocolException("The reply ends inside a value.");
    }
}
