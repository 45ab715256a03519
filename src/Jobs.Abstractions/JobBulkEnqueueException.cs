using Jobs.Brokers;

namespace Jobs;

/// <summary>Some jobs of a bulk call were not accepted.</summary>
public sealed class JobBulkEnqueueException(string message, IReadOnlyList<JobHandle> handles, IReadOnlyList<SendResult> results) : JobException(message)
{
    /// <summary>The handles, in the order of the call.</summary>
    public IReadOnlyList<JobHandle> Handles { get; } = handles;

    /// <summary>What became of each, in the order of the call.</summary>
    public IReadOnlyList<SendResult> Results { get; } = results;
}
