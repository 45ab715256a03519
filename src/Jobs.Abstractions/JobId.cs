using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Jobs;

/// <summary>The identity of one enqueued job: a UUID (ours are version 7, RFC 9562) or any text of 1 to 256 characters.</summary>
/// <remarks>A canonical UUID text is held as its 16 bytes, so that the common id costs no allocation; equality is by text.</remarks>
public readonly struct JobId : IEquatable<JobId>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<JobId>
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 256;

    private const int UuidLength = 36;

    private static readonly SearchValues<char> UuidCharacters = SearchValues.Create("0123456789abcdef-");

    private readonly Guid _uuid;
    private readonly string? _text;

    /// <summary>Makes an id of a UUID.</summary>
    public JobId(Guid uuid) => _uuid = uuid;

    private JobId(string text) => _text = text;

    /// <summary>True for <c>default</c>, which names no job.</summary>
    public bool IsEmpty => _text is null && _uuid == Guid.Empty;

    /// <summary>The UUID, if the id is one.</summary>
    public bool TryGetUuid(out Guid uuid)
    {
        uuid = _uuid;
        return _text is null;
    }

    /// <summary>The id of the <paramref name="index"/>-th job that this one enqueues: <c>{id}/{index}</c>.</summary>
    /// <remarks>Where that would be too long, a UUID made of a hash of this id takes its place: jobs may enqueue jobs without end.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public JobId Child(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var text = string.Create(null, $"{this}/{index}");
        return new JobId(text.Length <= MaxLength ? text : string.Create(null, $"{Digest()}/{index}"));
    }

    /// <inheritdoc/>
    public bool Equals(JobId other) => _uuid == other._uuid && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is JobId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _text is null ? _uuid.GetHashCode() : string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>Compares two ids by text.</summary>
    public static bool operator ==(JobId left, JobId right) => left.Equals(right);

    /// <summary>Compares two ids by text.</summary>
    public static bool operator !=(JobId left, JobId right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => _text ?? _uuid.ToString("D");

    /// <summary>Writes the text; false if there is no room for it.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        if (_text is null)
        {
            return _uuid.TryFormat(destination, out charsWritten, "D");
        }

        var fits = _text.TryCopyTo(destination);
        charsWritten = fits ? _text.Length : 0;
        return fits;
    }

    /// <summary>Writes the text as UTF-8; false if there is no room for it.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten) =>
        _text is null
            ? _uuid.TryFormat(utf8Destination, out bytesWritten, "D")
            : Encoding.UTF8.TryGetBytes(_text, utf8Destination, out bytesWritten);

    // An id is the same in every culture: the interfaces that speak of one stay out of sight, and analyzers do not ask for it.
    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(utf8Destination, out bytesWritten);

    static JobId IParsable<JobId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<JobId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out JobId result) => TryParse(s, out result);

    static JobId ISpanParsable<JobId>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<JobId>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out JobId result) => TryParse(s, out result);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is empty, longer than <see cref="MaxLength"/>, or holds half a surrogate pair.</exception>
    public static JobId Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is empty, longer than <see cref="MaxLength"/>, or holds half a surrogate pair.</exception>
    public static JobId Parse(ReadOnlySpan<char> s)
    {
        if (TryParse(s, out var id))
        {
            return id;
        }

        throw new FormatException(s.Length is 0 or > MaxLength
            ? $"A job id has 1 to {MaxLength} characters; this one has {s.Length}."
            : "A job id cannot hold half a surrogate pair.");
    }

    /// <summary>Reads an id; false where <see cref="Parse(string)"/> throws.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out JobId result) => TryParse(s.AsSpan(), out result);

    /// <summary>Reads an id; false where <see cref="Parse(ReadOnlySpan{char})"/> throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out JobId result)
    {
        result = default;
        if (s.Length is 0 or > MaxLength)
        {
            return false;
        }

        // Only the canonical lower-case text may become a UUID: any other spelling must come back out as it went in.
        if (s.Length == UuidLength && !s.ContainsAnyExcept(UuidCharacters) && Guid.TryParseExact(s, "D", out var uuid) && uuid != Guid.Empty)
        {
            result = new JobId(uuid);
            return true;
        }

        // Half a surrogate pair cannot be written as UTF-8: it would come back as another id.
        if (!IsWellFormed(s))
        {
            return false;
        }

        result = new JobId(s.ToString());
        return true;
    }

    /// <summary>Reads the string that the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">It is not valid UTF-8.</exception>
    internal static bool TryRead(ref Utf8JsonReader reader, out JobId result)
    {
        if (reader.ValueSpan.Length > MaxLength)
        {
            // More bytes than characters: escapes, or no ASCII.
            return TryParse(reader.GetString(), out result);
        }

        Span<char> text = stackalloc char[MaxLength];
        return TryParse(text[..reader.CopyString(text)], out result);
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var surrogate = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (surrogate < 0)
        {
            return true;
        }

        for (text = text[surrogate..]; !text.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    // A UUID version 8 (RFC 9562, 5.8): the same for the same id, on every machine.
    private Guid Digest()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(ToString()), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
