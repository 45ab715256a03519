using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>The characters that SQS takes: those of XML 1.0.</summary>
internal static class SqsText
{
    private static readonly SearchValues<byte> Control = SearchValues.Create(
        Array.ConvertAll([.. Enumerable.Range(0, 0x09), 0x0B, 0x0C, .. Enumerable.Range(0x0E, 0x12)], static value => (byte)value));

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
