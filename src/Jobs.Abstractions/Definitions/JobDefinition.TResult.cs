using System.Text.Json;

namespace Jobs.Definitions;

/// <summary>The definition of a job with a result.</summary>
public abstract class JobDefinition<TArgs, TResult> : JobDefinition<TArgs>, IJobResultReader<TResult>
{
    /// <summary>Makes a definition.</summary>
    protected JobDefinition(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public sealed override bool HasResult => true;

    /// <summary>Writes a result as one JSON value.</summary>
    public abstract void WriteResult(Utf8JsonWriter writer, TResult result);

    /// <inheritdoc/>
    public abstract TResult ReadResult(ref Utf8JsonReader reader);
}
