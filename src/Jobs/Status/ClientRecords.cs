using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Status;

/// <summary>Tells the store of jobs that are about to be sent.</summary>
/// <remarks>Before the broker, for a worker may be done with a job before its producer has the answer: written afterwards, when its end has been
/// written and forgotten again, a job would be pending for ever. So it is not written late either. What the broker refuses is taken back;
/// a producer that dies in between leaves a record of a job that never was, until it expires.</remarks>
internal sealed class ClientRecords(StatusRecorder status, IJobStore store, JobsTelemetry telemetry, TimeProvider time, ILogger logger)
{
    private readonly RecordWriter _writer = new(store, static (waiter, results, _) => Written((TaskCompletionSource)waiter, results), telemetry, time, logger);
    private readonly bool _notesVersions = store.Features.ComparesVersions;

    /// <summary>Ends when the records are written, or could not be. Where that saves the worker a look, the messages then carry the versions.</summary>
    public Task PendingAsync(ReadOnlySpan<JobMessage> messages)
    {
        var writes = new StoreWrite[messages.Length];
        for (var i = 0; i < writes.Length; i++)
        {
            writes[i] = status.Pending(messages[i]);
        }

        return WriteAsync(writes, _notesVersions ? new PendingRecords(messages.ToArray()) : NewWaiter());
    }

    /// <summary>Takes back what was written of those that were refused.</summary>
    public Task RefusedAsync(ReadOnlySpan<JobId> ids, ReadOnlySpan<SendResult> results)
    {
        var refused = new List<JobId>();
        for (var i = 0; i < ids.Length; i++)
        {
            if (!results[i].IsStored && results[i].Status != SendStatus.Unknown)
            {
                refused.Add(ids[i]);
            }
        }

        return RefusedAsync([.. refused]);
    }

    /// <summary>Takes back what was written of jobs that were refused, unless a worker has written since.</summary>
    public Task RefusedAsync(ReadOnlySpan<JobId> ids)
    {
        var writes = new StoreWrite[ids.Length];
        for (var i = 0; i < writes.Length; i++)
        {
            writes[i] = new StoreWrite { Key = StatusRecord.KeyOf(ids[i]), Condition = StoreCondition.IfNotNewer(0) };
        }

        return writes.Length == 0 ? Task.CompletedTask : WriteAsync(writes, NewWaiter());
    }

    private static TaskCompletionSource NewWaiter() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Written(TaskCompletionSource waiter, ReadOnlySpan<StoreWriteResult> results)
    {
        (waiter as PendingRecords)?.Note(results);
        waiter.TrySetResult();
    }

    private Task WriteAsync(StoreWrite[] writes, TaskCompletionSource waiter)
    {
        _writer.Add(writes, waiter, mayBeLate: false);
        return waiter.Task;
    }
}
