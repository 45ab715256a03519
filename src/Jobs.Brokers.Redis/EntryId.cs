using System.Buffers.Text;
using System.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis;

/// <summary>The id of a stream entry: the server's clock, and a number within the millisecond.</summary>
internal readonly record struct EntryId(ulong Milliseconds, ulong Sequence)
{
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds((long)Milliseconds);

    /// <exception cref="RedisProtocolException">It is not an id.</exception>
    public static EntryId Parse(ReadOnlySpan<byte> text) => TryParse(text, out var id)
        ? id
        : throw new RedisProtocolException("The server sent a stream entry whose id is not of the form milliseconds-sequence.");

    public static bool TryParse(string text, out EntryId id) => TryParse(Encoding.UTF8.GetBytes(text), out id);

    public override string ToString() => $"{Milliseconds}-{Sequence}";

    private static bool TryParse(ReadOnlySpan<byte> text, out EntryId id)
    {
        id = default;
        if (!Utf8Parser.TryParse(text, out ulong milliseconds, out var used) || used == text.Length || text[used] != '-'
            || !Utf8Parser.TryParse(text[(used + 1)..], out ulong sequence, out var rest) || used + 1 + rest != text.Length)
        {
            return false;
        }

        id = new EntryId(milliseconds, sequence);
        return true;
    }
}
