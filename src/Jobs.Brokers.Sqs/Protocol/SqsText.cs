using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>The characters that SQS takes: those of XML 1.0.</summary>
internal static class SqsText
{
    private static readonly SearchValues<byte> Control = SearchValues.Create(
        [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0B, 0x0C, 0x0E, 0x0F, .. Enumerable.Range(0x10, 0x10).Select(static value => (byte)value)]);

    /// <summary>True if it is not empty, valid UTF-8, and has no character that XML 1.0 has not.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.ContainsAny(Control) || !Utf8.IsValid(utf8))
        {
            return false;
        }

        // U+FFFE and U+FFFF, which are EF BF BE and EF BF BF; surrogates are no valid UTF-8 anyway.
        for (var rest = utf8; rest.IndexOf((byte)0xEF) is >= 0 and var at; rest = rest[(at + 3)..])
        {
            if (rest[at + 1] == 0xBF && rest[at + 2] >= 0xBE)
            {
                return false;
            }
        }

        return true;
    }
}
