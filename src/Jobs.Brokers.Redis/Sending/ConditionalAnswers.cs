using System.Buffers.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Sending;

/// <summary>Reads what <see cref="Scripts.QueueScripts.SendWith"/> answers, message by message.</summary>
internal ref struct ConditionalAnswers
{
    private readonly bool _isAll;
    private ReadOnlySpan<byte> _rest;
    private long _version;

    public ConditionalAnswers(ReadOnlySpan<byte> answers)
    {
        _rest = answers;
        if (_isAll = answers.StartsWith("*"u8))
        {
            _version = ReadNumber(start: 1);
        }
    }

    /// <summary>The next letter, and the version that is there now; 0 if not known.</summary>
    public (byte Letter, long Version) Next()
    {
        if (_isAll)
        {
            return ((byte)'A', ++_version);
        }

        var letter = _rest[1];
        return (letter, ReadNumber(start: 2));
    }

    private long ReadNumber(int start)
    {
        if (!Utf8Parser.TryParse(_rest[start..], out long number, out var length))
        {
            throw new RedisProtocolException("A script answered something else than its text says.");
        }

        _rest = _rest[(start + length)..];
        return number;
    }
}
