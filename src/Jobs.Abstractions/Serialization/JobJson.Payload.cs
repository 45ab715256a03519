using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Serialization;

public static partial class JobJson
{
    /// <summary>Reads a whole payload of the current version: one JSON object and nothing after it.</summary>
    /// <exception cref="JobPayloadException">It is not what the job takes; names the job and the member.</exception>
    public static TArgs ReadPayload<TArgs>(JobDefinition<TArgs> definition, ReadOnlySpan<byte> json)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return ReadPayload(definition, json, definition.Version);
    }

    /// <summary>Reads a whole payload: one JSON object and nothing after it.</summary>
    /// <param name="definition">The job.</param>
    /// <param name="json">The payload.</param>
    /// <param name="version">The version that it was written as.</param>
    /// <exception cref="JobPayloadException">It is not what that version of the job takes; names the job and the member.</exception>
    public static TArgs ReadPayload<TArgs>(JobDefinition<TArgs> definition, ReadOnlySpan<byte> json, int version)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            var args = version == definition.Version ? definition.Read(ref reader) : definition.ReadOlder(ref reader, version);
            if (reader.BytesConsumed != json.Length)
            {
                // Throws unless only white space follows.
                reader.Read();
            }

            return args;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, definition.Name, json, ref reader);
        }
    }

    /// <summary>Writes a payload.</summary>
    /// <exception cref="JobPayloadException">A value cannot be written; names the job and, if known, the member.</exception>
    public static void WritePayload<TArgs>(JobDefinition<TArgs> definition, Utf8JsonWriter writer, in TArgs args)
    {
        ArgumentNullException.ThrowIfNull(definition);
        try
        {
            definition.Write(writer, in args);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, definition.Name, path: null);
        }
    }

    private static JobPayloadException Explain(Exception exception, string jobName, ReadOnlySpan<byte> json, ref Utf8JsonReader reader) =>
        Explain(exception, jobName, JsonPath.Find(json, reader.TokenStartIndex));

    private static JobPayloadException Explain(Exception exception, string? jobName, string? path)
    {
        if (exception is not JobPayloadException payload)
        {
            return new JobPayloadException(exception.Message, jobName, path, exception);
        }

        var member = payload.Member is null ? path : JsonPath.Combine(path, payload.Member);
        return new JobPayloadException(payload.Problem, jobName, member, payload.InnerException);
    }
}
