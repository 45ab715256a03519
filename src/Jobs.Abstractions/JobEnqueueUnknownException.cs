using Jobs.Brokers;

namespace Jobs;

/// <summary>The broker may or may not have the job: the answer was lost, and sending again could make a second one.</summary>
/// <remarks>To send it again without a duplicate, enqueue with <see cref="EnqueueOptions.Id"/> set to <see cref="JobEnqueueException.Id"/>
/// where the broker remembers ids for long enough, or accept that it may run twice.</remarks>
public sealed class JobEnqueueUnknownException(JobId id, string jobName, Exception? innerException = null, string? key = null)
    : JobEnqueueException(
        id,
        jobName,
        SendStatus.Unknown,
        $"Nobody knows whether job '{jobName}' ({id}) was accepted: the broker's answer was lost.{(key is null ? "" : $" Its key '{key}' stays reserved for it for up to two minutes, and for as long as the job lives if it was accepted and starts before.")}",
        innerException)
{
    /// <summary>The key that may stay reserved for the job, or null if it has none. A call with the same <see cref="EnqueueOptions.Id"/> and key is no conflict.</summary>
    public string? Key { get; } = key;
}
