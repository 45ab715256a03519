using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Jobs.Serialization;

/// <content>Values that are left to a <see cref="JsonSerializerContext"/> (<see cref="JobJsonContextAttribute"/>).</content>
public static partial class JobJson
{
    private const string InsideRoot = "$.";

    /// <summary>Writes a value as a context does.</summary>
    public static void WriteBy<T>(Utf8JsonWriter writer, T value, JsonSerializerContext context)
    {
        try
        {
            JsonSerializer.Serialize(writer, value, TypeInfo<T>(context));
        }
        catch (JsonException exception) when (FindMember(exception) is { } member)
        {
            throw new JobPayloadException(exception.Message, member: member, innerException: exception);
        }
    }

    /// <summary>Reads a value as a context does.</summary>
    public static T? ReadBy<T>(ref Utf8JsonReader reader, JsonSerializerContext context)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, TypeInfo<T>(context));
        }
        catch (JsonException exception) when (FindMember(exception) is { } member)
        {
            // The reader stands on the value again; only the exception knows where inside it was wrong.
            throw new JobPayloadException(exception.Message, member: member, innerException: exception);
        }
    }

    private static string? FindMember(JsonException exception) =>
        exception.Path?.StartsWith(InsideRoot, StringComparison.Ordinal) == true ? exception.Path[InsideRoot.Length..] : null;

    private static JsonTypeInfo<T> TypeInfo<T>(JsonSerializerContext context) =>
        context.GetTypeInfo(typeof(T)) as JsonTypeInfo<T>
        ?? throw new NotSupportedException($"{context.GetType().Name} does not know {typeof(T)}; add [JsonSerializable(typeof({typeof(T).Name}))] to it.");
}
