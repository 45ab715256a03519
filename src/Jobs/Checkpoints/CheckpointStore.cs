using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Running;
using Jobs.Settling;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Checkpoints;

/// <summary>Reads the checkpoint of a job before it runs, and deletes it when the job has ended.</summary>
/// <remarks>
/// <para>It is read before every run, also the first: whether a job has run before only its broker says, and one that counts anew (a dead letter
/// that somebody moved back by hand) must not make it start over. One read is nothing beside a job worth a checkpoint.</para>
/// <para>Saves are fenced by copy and delivery, as status is: a worker that lost its job cannot overwrite what the next one saved.</para>
/// <para>It is deleted only once the broker knows that the job has ended: a worker that dies before leaves it for the next one.</para>
/// </remarks>
internal sealed class CheckpointStore(IJobStore store, TimeSpan retention, JobsTelemetry telemetry, TimeProvider time, ILogger logger)
{
    // How long a run waits for the store; a store that has been away for longer than the second of these is not even asked.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AwayPatience = TimeSpan.FromSeconds(2);

    // Without its checkpoint a job would start over, so it waits for the store: at least so long, and at most twice.
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(10);

    /// <summary>Told of a run that turns out to have lost its lease, with its ticket.</summary>
    public Action<JobRun, long> LeaseLost { get; set; } = static (_, _) => { };

    /// <summary>Reads the checkpoint for a run that is about to start.</summary>
    /// <exception cref="DeferJobException">The store is away.</exception>
    public async ValueTask<RunCheckpoint> OpenAsync(JobRun run, JobMessage message)
    {
        var checkpoint = new RunCheckpoint(
            this, run, message.EnqueuedAt.ToUnixTimeMilliseconds(), StatusFacts.OrderOf(message.State.Copy, run.Delivery.Deliveries, StatusPhase.Running));
        var key = CheckpointRecord.KeyOf(message.Id);
        var token = run.Token;
        try
        {
            ThrowIfAway();
            using var patience = OwnTimeout.After(Patience, time);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(token, patience.Token);
            if (await store.GetAsync(key, wait.Token).ConfigureAwait(false) is { } entry)
            {
                await TakeAsync(checkpoint, entry, wait.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (!token.IsCancellationRequested)
        {
            telemetry.ErrorSwallowed("checkpoint");
            Log.CheckpointNotRead(logger, error, checkpoint.Name, checkpoint.Id, store.Name);
            throw new DeferJobException(ReadAgain * (1 + Random.Shared.NextDouble()), $"The checkpoint of job '{checkpoint.Name}' cannot be read: store '{store.Name}' is away.");
        }

        return checkpoint;
    }

    /// <inheritdoc cref="JobCheckpoint{T}.SaveAsync"/>
    public async ValueTask SaveAsync(RunCheckpoint checkpoint, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (json.Length > store.Features.MaxValueBytes - CheckpointRecord.Overhead)
        {
            throw new JobCheckpointException(
                $"The checkpoint of job '{checkpoint.Name}' ({checkpoint.Id}) has {json.Length} bytes; store '{store.Name}' takes {store.Features.MaxValueBytes - CheckpointRecord.Overhead}. Save where the work stands, not the work.");
        }

        bool isWritten;
        try
        {
            ThrowIfAway();
            using var patience = OwnTimeout.After(Patience, time);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            isWritten = await PutAsync(checkpoint, json, retention, wait.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new JobCheckpointException($"The checkpoint of job '{checkpoint.Name}' ({checkpoint.Id}) could not be saved to store '{store.Name}': {error.Message}", error);
        }

        if (!isWritten)
        {
            Log.CheckpointSuperseded(logger, checkpoint.Name, checkpoint.Id);
            throw checkpoint.Lose();
        }

        checkpoint.Saved = json;
    }

    /// <summary>Deletes the checkpoint of a job that has ended, and lets that of one that will run again live until then. Once the broker knows.</summary>
    public async Task SettledAsync(JobRun run)
    {
        var (id, name, checkpoint) = (run.Id, run.Name, run.Checkpoint);
        var outcome = run.Outcome!;
        try
        {
            using var patience = OwnTimeout.After(Patience, time);
            if (outcome.Kind is OutcomeKind.Succeeded or OutcomeKind.NotFound or OutcomeKind.Expired or OutcomeKind.Cancelled)
            {
                // One that was not even started may have left something behind in an earlier run.
                if (checkpoint is null or { Exists: true })
                {
                    await store.DeleteAsync(
                        CheckpointRecord.KeyOf(id), checkpoint is null ? StoreCondition.Always : StoreCondition.IfNotNewer(checkpoint.Order), patience.Token).ConfigureAwait(false);
                }
            }
            else if (outcome.Kind != OutcomeKind.Released && checkpoint?.Saved is { } json)
            {
                var wait = outcome.Settlement.Due is { } due ? due - time.GetUtcNow() : TimeSpan.Zero;
                var needed = wait > TimeSpan.Zero ? wait + retention : retention;
                if (checkpoint.Expires < time.GetUtcNow() + needed - (retention / 2))
                {
                    await PutAsync(checkpoint, json, needed, patience.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error)
        {
            // Then it expires by itself, or too early.
            telemetry.ErrorSwallowed("checkpoint");
            Log.CheckpointNotSettled(logger, error, name, id);
        }
    }

    public void ReportUnreadable(RunCheckpoint checkpoint, string error)
    {
        telemetry.ErrorSwallowed("checkpoint");
        Log.CheckpointUnreadable(logger, checkpoint.Name, checkpoint.Id, error);
    }

    private async ValueTask TakeAsync(RunCheckpoint checkpoint, StoreEntry entry, CancellationToken cancellationToken)
    {
        checkpoint.Exists = true;
        if (!CheckpointRecord.TryDecode(entry.Value, out var record))
        {
            ReportUnreadable(checkpoint, "it is no checkpoint");
        }
        else if (record.Value.Enqueued == checkpoint.Enqueued)
        {
            checkpoint.Saved = record.Value.Value;

            // Whoever starts now has the lease, however its broker counts.
            checkpoint.Order = Math.Max(checkpoint.Order, entry.Order);
            return;
        }

        // Of an earlier job that was given the same id, a dead letter perhaps. Gone, so that its fence does not keep this one out.
        await store.DeleteAsync(entry.Key, StoreCondition.IfVersion(entry.Version), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> PutAsync(RunCheckpoint checkpoint, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken)
    {
        checkpoint.Exists = true;
        var expires = time.GetUtcNow() + expiry;
        var result = await store.PutAsync(
            CheckpointRecord.KeyOf(checkpoint.Id),
            new CheckpointRecord(checkpoint.Enqueued, json).Encode(),
            StoreCondition.IfNotNewer(checkpoint.Order),
            expiry,
            cancellationToken).ConfigureAwait(false);
        checkpoint.Expires = expires;
        return result.Written;
    }

    private void ThrowIfAway()
    {
        if (store.Health is { Status: not BrokerStatus.Connected } health && time.GetUtcNow() - health.Since > AwayPatience)
        {
            throw new IOException($"Store '{store.Name}' is away: {health.Error}");
        }
    }
}
