using System.Text.Json;

namespace Jobs.Definitions;

/// <summary>Reads the result of a job.</summary>
public interface IJobResultReader<out TResult>
{
    /// <summary>Reads one JSON value. The reader stands on its first token, and on its last when this returns.</summary>
    TResult ReadResult(ref Utf8JsonReader reader);
}
