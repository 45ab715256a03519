using System.Buffers;
using System.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Checks subjects before they are sent: the server takes some that it should not, and others end the connection or begin another command.</summary>
internal static class NatsSubject
{
    // All that could end a field of a line: blanks and control characters.
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create([.. "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F \u007F"u8]);

    /// <summary>A subject to publish to, or to be replied to: without wildcards.</summary>
    public static void CheckLiteral(ReadOnlySpan<byte> subject)
    {
        Check(subject);
        if (subject.ContainsAny((byte)'*', (byte)'>') && HasWildcard(subject))
        {
            throw Invalid(subject, "it has a wildcard, which only a subscription may have");
        }
    }

    /// <summary>A subject to subscribe to: may have wildcards.</summary>
    public static void Check(ReadOnlySpan<byte> subject)
    {
        if (subject.IsEmpty)
        {
            throw Invalid(subject, "it is empty");
        }

        if (subject.ContainsAny(Forbidden))
        {
            throw Invalid(subject, "it has a blank or a control character");
        }

        if (subject[0] == '.' || subject[^1] == '.' || subject.IndexOf(".."u8) >= 0)
        {
            throw Invalid(subject, "one of its parts is empty");
        }

        var all = subject.IndexOf(".>."u8) >= 0 || (subject.Length > 1 && subject.StartsWith(">."u8));
        if (all)
        {
            throw Invalid(subject, "'>' may only be its last part");
        }
    }

    private static bool HasWildcard(ReadOnlySpan<byte> subject)
    {
        foreach (var part in subject.Split((byte)'.'))
        {
            if (subject[part] is [(byte)'*' or (byte)'>'])
            {
                return true;
            }
        }

        return false;
    }

    private static ArgumentException Invalid(ReadOnlySpan<byte> subject, string why)
    {
        var text = new StringBuilder();
        foreach (var character in Encoding.UTF8.GetString(subject))
        {
            text.Append(char.IsControl(character) ? '?' : character);
        }

        return new ArgumentException($"'{text}' is not a NATS subject: {why}.");
    }
}
