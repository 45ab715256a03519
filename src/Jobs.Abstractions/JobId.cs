using System.Diagnostics.CodeAnalysis;

namespace Jobs;

/// <summary>The identity of one enqueued job: a UUID (ours are version 7, RFC 9562) or any text of 1 to 256 characters.</summary>
/// <remarks>A canonical UUID text is held as its 16 bytes, so that the common id costs no allocation; equality is by text.</remarks>
public readonly struct JobId : IEquatable<JobId>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<JobId>
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 256;

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
    public JobId Child(int index) => new(string.Create(null, $"{this}/{index}"));

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

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        if (_text is null)
        {
            return _uuid.TryFormat(destination, out charsWritten, "D");
        }

        charsWritten = _text.TryCopyTo(destination) ? _text.Length : 0;
        return charsWritten > 0;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        _text is null
            ? _uuid.TryFormat(utf8Destination, out bytesWritten, "D")
            : System.Text.Encoding.UTF8.TryGetBytes(_text, utf8Destination, out bytesWritten);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is empty or longer than <see cref="MaxLength"/>.</exception>
    public static JobId Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is empty or longer than <see cref="MaxLength"/>.</exception>
    public static JobId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"A job id has 1 to {MaxLength} characters; this one has {s.Length}.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out JobId result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out JobId result)
    {
        result = default;
        if (s.Length is 0 or > MaxLength)
        {
            return false;
        }

        // Only the canonical lower-case text may become a UUID: any other spelling must come back out as it went in.
        result = s.Length == 36 && !s.ContainsAnyInRange('A', 'F') && Guid.TryParseExact(s, "D", out var uuid) && uuid != Guid.Empty
            ? new JobId(uuid)
            : new JobId(s.ToString());
        return true;
    }
}
