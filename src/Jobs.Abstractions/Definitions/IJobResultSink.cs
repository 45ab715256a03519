namespace Jobs.Definitions;

/// <summary>Takes the result of a run, as JSON, on its way to the store.</summary>
public interface IJobResultSink
{
    /// <summary>Copies the result. Called at most once, before the run ends.</summary>
    void SetResult(ReadOnlySpan<byte> json);
}
