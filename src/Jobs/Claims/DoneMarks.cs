using Jobs.Brokers;
using Jobs.Results;
using Jobs.Running;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Claims;

/// <summary>What the store knows of the work of idempotent jobs: that it is done, and by which job.</summary>
internal sealed class DoneMarks(IJobStore store, JobsTelemetry telemetry, TimeSpan resultRetention, TimeProvider time, ILogger logger, CancellationToken giveUp)
{
    // How long a job whose work is done waits for a store that cannot be told so.
    private static readonly TimeSpan MarkPatience = TimeSpan.FromSeconds(30);

    /// <summary>The job that has done the work; null if it is still to be done.</summary>
    public async ValueTask<JobId?> FindAsync(RunClaims claims, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(claims.Done!, cancellationToken).ConfigureAwait(false);
        return entry is not null && DoneMarker.TryDecode(entry.Value, out var marker) && marker.Value.Held == 0 ? marker.Value.Job : null;
    }

    /// <summary>Gives a job that need not run the result of the one that did: who waits for it waits for what the other has found.</summary>
    public async ValueTask CopyResultAsync(RunClaims claims, JobId doer, CancellationToken cancellationToken)
    {
        var result = await store.GetAsync(ResultRecord.KeyOf(doer), cancellationToken).ConfigureAwait(false);
        await store.PutAsync(
            ResultRecord.KeyOf(claims.Id),
            result?.Value ?? ResultRecord.EncodeCancelled(Outcomes.Repeated),
            StoreCondition.IfNotNewer(claims.Order),
            resultRetention,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Marks the work as done, trying again while the store is away. The broker is not told before: a worker that dies would leave work that is
    /// done, and nobody who knows. Does not throw.</summary>
    /// <param name="claims">The run that did it.</param>
    /// <param name="held">How many jobs it enqueued that are sent with its acknowledgement: <see cref="ConfirmAsync"/> once they are.</param>
    public async Task MarkAsync(RunClaims claims, int held)
    {
        var since = time.GetTimestamp();
        var pause = new RetryPause(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), time);
        while (true)
        {
            try
            {
                using var patience = OwnTimeout.After(JobClaims.Patience, time);
                await PutAsync(claims, held, patience.Token).ConfigureAwait(false);
                claims.IsDoneUnconfirmed = held > 0;
                return;
            }
            catch (Exception error)
            {
                telemetry.ErrorSwallowed("claims");
                if (giveUp.IsCancellationRequested || time.GetElapsedTime(since) >= MarkPatience)
                {
                    Log.NotMarkedDone(logger, error, claims.Job, claims.Id);
                    return;
                }
            }

            await pause.WaitAsync(giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What the run enqueued is sent: from now on the work is done without condition.</summary>
    public ValueTask ConfirmAsync(RunClaims claims, CancellationToken cancellationToken) => PutAsync(claims, held: 0, cancellationToken);

    private async ValueTask PutAsync(RunClaims claims, int held, CancellationToken cancellationToken) =>
        await store.PutAsync(claims.Done!, new DoneMarker(claims.Id, held).Encode(), StoreCondition.Always, claims.DoneRetention, cancellationToken).ConfigureAwait(false);
}
