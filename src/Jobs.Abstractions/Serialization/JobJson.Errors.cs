using System.Numerics;
using System.Text.Json;

namespace Jobs.Serialization;

public static partial class JobJson
{
    /// <summary>The error for a null where none may be.</summary>
    /// <param name="member">The JSON name when writing; when reading, the position in the text says it.</param>
    public static JobPayloadException Null(string? member = null) => new("null is not allowed here.", member: member);

    /// <summary>The error for a default (uninitialized) immutable array, which is not an empty one.</summary>
    public static JobPayloadException DefaultArray() => new("the immutable array is default; use an empty one.");

    /// <summary>The error for required members that the JSON lacks.</summary>
    /// <param name="missing">A bit for each missing member.</param>
    /// <param name="names">The JSON names, by bit.</param>
    public static JobPayloadException Missing(ulong missing, ReadOnlySpan<string> names)
    {
        var first = names[BitOperations.TrailingZeroCount(missing)];
        var others = BitOperations.PopCount(missing) - 1;
        var more = others > 0 ? $", and so are {others} more" : "";
        return new JobPayloadException($"it is required, but missing{more}.", member: first);
    }

    /// <summary>The error for a value of another kind.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="expected">What should be there, such as <c>an object</c>.</param>
    public static JobPayloadException Unexpected(ref Utf8JsonReader reader, string expected) =>
        new($"expected {expected}, found {Describe(reader.TokenType)}.");

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => token.ToString(),
    };
}
