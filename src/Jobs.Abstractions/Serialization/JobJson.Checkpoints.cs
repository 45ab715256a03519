using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Serialization;

public static partial class JobJson
{
    // Whatever is wrong with it, it is of another shape than the job's code expects by now.
    internal static T ReadCheckpoint<T>(CheckpointSerializer<T> serializer, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            return serializer.Read(ref reader);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, jobName: null, JsonPath.Find(json, reader.TokenStartIndex));
        }
    }

    internal static byte[] WriteCheckpoint<T>(CheckpointSerializer<T> serializer, T value)
    {
        using var json = JsonScratch.Rent();
        try
        {
            serializer.Write(json.Writer, value);
            return json.Complete().ToArray();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, jobName: null, path: null);
        }
    }
}
