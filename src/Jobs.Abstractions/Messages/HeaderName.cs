using System.Buffers;

namespace Jobs.Messages;

/// <summary>Which names user headers may have: those of CloudEvents extension attributes that mean nothing here.</summary>
internal static class HeaderName
{
    private const int MaxLength = 20;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>What is wrong with a name, as the end of a sentence, or null.</summary>
    public static string? Explain(string name)
    {
        if (name.Length is 0 or > MaxLength || name.AsSpan().ContainsAnyExcept(Allowed))
        {
            return $"has a name that is not 1 to {MaxLength} of a-z and 0-9";
        }

        if (name.StartsWith("job", StringComparison.Ordinal))
        {
            return "has a name that starts with 'job', which is reserved";
        }

        return name is "specversion" or "id" or "source" or "type" or "time" or "datacontenttype" or "dataschema" or "data" or "dataref" or "traceparent" or "tracestate"
            ? "has a name that CloudEvents reserves"
            : null;
    }
}
