using System.Text.Json;

namespace Jobs.Definitions;

/// <summary>Writes and reads what a job saves as its checkpoint. Generated; one instance per job.</summary>
public abstract class CheckpointSerializer<T>
{
    /// <summary>Writes a value as one JSON value.</summary>
    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Reads one JSON value. The reader stands on its first token, and on its last when this returns.</summary>
    public abstract T Read(ref Utf8JsonReader reader);
}
