using Jobs.Keys;
using Jobs.Monitoring;
using Jobs.Results;
using Jobs.Status;
using Jobs.Stores;

namespace Jobs.Cancelling;

/// <summary>Asks all workers to cancel a job.</summary>
internal sealed class JobCanceller(IJobStore? store, StatusRecorder? status, JobKeys? keys, TimeProvider time)
{
    /// <exception cref="JobStoreMissingException">No store is configured.</exception>
    /// <exception cref="JobConfigurationException">The store cannot list what it holds.</exception>
    public async ValueTask<JobCancelStatus> CancelAsync(JobId id, CancellationToken cancellationToken)
    {
        if (store is null)
        {
            throw new JobStoreMissingException($"Cancelling job {id}");
        }

        if (store is not IIndexedStore indexed)
        {
            throw new JobConfigurationException($"Cancelling job {id} needs a store with indexes ({nameof(IIndexedStore)}), which '{store.Name}' is not. Choose another one by 'Jobs:Store'.");
        }

        var found = new StoreEntry?[2];
        await indexed.GetManyAsync((string[])[StatusRecord.KeyOf(id), ResultRecord.KeyOf(id)], found, cancellationToken).ConfigureAwait(false);
        var record = found[0] is { } entry && StatusRecord.TryDecode(entry, out var read) ? read : null;
        if (record?.HasEnded == true || found[1] is not null)
        {
            return JobCancelStatus.AlreadyEnded;
        }

        var wait = record?.Due - time.GetUtcNow() ?? TimeSpan.Zero;
        var writes = CancelFlags.Set(id, wait);
        if (status is not null && record is { State: not JobState.Running })
        {
            // A delayed job is dropped when it is due; until then it is to be seen that it will be. If it has started, what its worker says wins.
            writes = [.. writes, status.Changed(found[0]!, record with { State = JobState.Cancelled, Reason = Telemetry.Outcomes.Cancelled, EndedAt = time.GetUtcNow() })];
        }

        await indexed.WriteAsync(writes, new StoreWriteResult[writes.Length], cancellationToken).ConfigureAwait(false);
        if (keys is not null && record?.Key is { } key)
        {
            // One that waits long for its time would keep its key so long. Who runs it frees it.
            await keys.FreeWaitingAsync(KeyRecord.StoreKeyOf(record.Name, key), id, cancellationToken).ConfigureAwait(false);
        }

        return JobCancelStatus.Requested;
    }
}
