using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Enqueueing;
using Jobs.Messages;
using Jobs.Running;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Keys;

/// <summary>Sends jobs that have a key: reserve, send, confirm; all that <see cref="OneStepSends"/> cannot send. Safe for concurrent use.</summary>
/// <remarks>
/// <para>A reservation outlasts its send: a send that takes half as long is given up as unknown. What a handler enqueues is reserved for an hour,
/// confirmed when the handler's success is settled, and given up when it fails; the next attempt finds the same id in its reservation.</para>
/// <para>Once the broker has the job, the call has succeeded: a confirmation that fails is logged and counted, and the job takes its key when it
/// starts. A broker that says that it had the job before may have seen it end, so its key is not confirmed either, unless it still waits for its time.</para>
/// <para>A replaced job is cancelled after the new one is sent, so that a refused send costs nothing. Died in between, the old one is dropped when
/// it would start, for the key is no longer its own; one that runs is not cancelled.</para>
/// </remarks>
internal sealed class KeyedSends(
    JobKeys keys,
    IJobStore store,
    IJobSender sender,
    Resender resender,
    ClientRecords? records,
    JobCanceller canceller,
    JobsTelemetry telemetry,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>The longest key.</summary>
    public const int LongestKey = 1_024;

    public static readonly TimeSpan Reservation = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan HeldReservation = TimeSpan.FromHours(1);
    private static readonly TimeSpan SendPatience = Reservation / 2;
    private static readonly TimeSpan UndecidedPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(10);

    /// <summary>Writes the key into a message that has everything but its id.</summary>
    /// <exception cref="ArgumentException">There is none, it is too long, or has control characters.</exception>
    public static void Mark(JobMessage message, string? key)
    {
        if (key is null or { Length: 0 or > LongestKey } || key.AsSpan().IndexOfAnyInRange('\0', '\u001F') >= 0)
        {
            throw new ArgumentException($"The key of job '{message.Name}' must be 1 to {LongestKey:N0} characters without control characters, but {(string.IsNullOrEmpty(key) ? "is empty" : $"begins '{key.AsSpan(0, Math.Min(key.Length, 64))}'")}.", nameof(key));
        }

        message.Attributes = message.Attributes with { Key = key };
    }

    /// <summary>Where the store keeps the key of a message that is marked.</summary>
    public static string StoreKeyOf(JobMessage message) => KeyRecord.StoreKeyOf(message.Name, message.Attributes.Key!);

    /// <summary>Reserves the key of a message.</summary>
    /// <exception cref="JobConfigurationException">The policy is to replace, and the store cannot cancel.</exception>
    public ValueTask<KeyTake> TakeAsync(JobMessage message, KeyConflict policy, bool isHeld, CancellationToken cancellationToken)
    {
        CheckPolicy(message, policy);
        return TakeAsync(message, policy, isHeld, siblings: null, looksFirst: false, cancellationToken);
    }

    /// <summary>Reserves the keys of many messages in one round trip, and a few more for those that others have.</summary>
    /// <inheritdoc cref="TakeAsync(JobMessage, KeyConflict, bool, CancellationToken)"/>
    public async ValueTask<KeyTake[]> TakeManyAsync(JobMessage[] messages, KeyConflict policy, bool isHeld, CancellationToken cancellationToken)
    {
        CheckPolicy(messages[0], policy);
        var expiry = isHeld ? HeldReservation : Reservation;
        var claims = await keys.ReserveManyAsync(Array.ConvertAll(messages, static message => (StoreKeyOf(message), message.Id, message.Due)), expiry, cancellationToken).ConfigureAwait(false);
        var siblings = new HashSet<JobId>(Array.ConvertAll(messages, static message => message.Id));
        var takes = new KeyTake[messages.Length];
        var others = new List<(int Index, Task<KeyTake> Take)>();
        for (var i = 0; i < messages.Length; i++)
        {
            if (claims[i] is { } claim)
            {
                takes[i] = new KeyTake(claim);
            }
            else if (policy == KeyConflict.Replace)
            {
                // One after the other: of one key in one call the last is to win.
                takes[i] = await TakeAsync(messages[i], policy, isHeld, siblings, looksFirst: true, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                others.Add((i, TakeAsync(messages[i], policy, isHeld, siblings, looksFirst: true, cancellationToken).AsTask()));
            }
        }

        await Task.WhenAll(others.ConvertAll(static other => (Task)other.Take)).ConfigureAwait(false);
        foreach (var (index, take) in others)
        {
            takes[index] = await take.ConfigureAwait(false);
        }

        return takes;
    }

    /// <summary>Sends messages whose keys are reserved, and confirms or gives up each.</summary>
    /// <returns>What became of each.</returns>
    public async Task<SendResult[]> SendAsync(JobMessage[] messages, KeyTake[] takes, CancellationToken cancellationToken)
    {
        var results = new SendResult[messages.Length];
        var ids = records is null ? [] : Array.ConvertAll(messages, static message => message.Id);
        using var patience = OwnTimeout.After(SendPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (records is not null)
            {
                await records.PendingAsync(messages).ConfigureAwait(false);
            }

            var started = time.GetTimestamp();
            await sender.SendAsync(messages, results, both.Token).ConfigureAwait(false);
            await resender.ResendAsync(messages, results, results.Length, started, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Whoever goes on waiting would outlast the reservation. What has no result is unknown.
        }
        catch (JobPayloadException)
        {
            await GiveUpAsync(takes).ConfigureAwait(false);
            if (records is not null)
            {
                await records.RefusedAsync(ids).ConfigureAwait(false);
            }

            throw;
        }

        await EndAsync(takes, results).ConfigureAwait(false);
        if (records is not null)
        {
            await records.RefusedAsync(ids, results).ConfigureAwait(false);
        }

        return results;
    }

    /// <summary>Goes on with a message that was not sent in one step, for somebody had its key.</summary>
    /// <param name="message">The message.</param>
    /// <param name="policy">Not to replace.</param>
    /// <param name="siblings">The jobs of the same call: none of them waits for another.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<KeyedSend> GoOnAsync(JobMessage message, KeyConflict policy, HashSet<JobId> siblings, CancellationToken cancellationToken)
    {
        KeyTake take;
        try
        {
            take = await TakeAsync(message, policy, isHeld: false, siblings, looksFirst: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // It is one of many, and the others may have been sent.
            return new(new SendResult(SendStatus.Failed, error));
        }

        return !take.Claim.IsMine ? new(new SendResult(SendStatus.Conflict), take.Claim.Record)
            : take.Claim.Version == 0 ? new(new SendResult(SendStatus.Duplicate))
            : new((await SendAsync([message], [take], cancellationToken).ConfigureAwait(false))[0]);
    }

    /// <summary>Takes the key, if nobody has it, of a job that its broker had before and that waits for its time. Does not throw.</summary>
    public Task KeepAsync(JobMessage message)
    {
        var job = new KeyClaim(StoreKeyOf(message), new KeyRecord { Id = message.Id, Phase = KeyPhase.Waiting, Due = message.Due }, Version: 0, IsMine: true);
        return TryAsync([job], async token =>
        {
            if (await keys.ReserveAsync(job.StoreKey, job.Record.Id, job.Record.Due, Reservation, token).ConfigureAwait(false) is { IsMine: true } claim)
            {
                await keys.ConfirmAsync(claim, token).ConfigureAwait(false);
            }
        });
    }

    /// <summary>Keeps the keys of jobs that were sent with their parent's success. Does not throw.</summary>
    /// <param name="takes">The keys.</param>
    /// <param name="mayRepeat">True if the parent may have succeeded before, and the jobs may have ended since.</param>
    public Task ConfirmAsync(IReadOnlyList<KeyTake> takes, bool mayRepeat)
    {
        return EndAsync(takes, mayRepeat ? new SendResult(SendStatus.Duplicate) : SendResult.Accepted);
    }

    /// <summary>Gives up the keys of jobs that are not sent. Does not throw.</summary>
    public Task GiveUpAsync(IReadOnlyList<KeyTake> takes) =>
        EndAsync(takes, new SendResult(SendStatus.Failed));

    private void CheckPolicy(JobMessage message, KeyConflict policy)
    {
        if (policy == KeyConflict.Replace && store is not IIndexedStore)
        {
            throw new JobConfigurationException($"Job '{message.Name}' replaces the job that has its key, which needs a store that can cancel ({nameof(IIndexedStore)}), and '{store.Name}' cannot. Choose another one by 'Jobs:Store', or another {nameof(EnqueueOptions.OnConflict)}.");
        }
    }

    private async ValueTask<KeyTake> TakeAsync(JobMessage message, KeyConflict policy, bool isHeld, HashSet<JobId>? siblings, bool looksFirst, CancellationToken cancellationToken)
    {
        var expiry = isHeld ? HeldReservation : Reservation;
        for (var hasWaited = false; ;)
        {
            var claim = await keys.ReserveAsync(StoreKeyOf(message), message.Id, message.Due, expiry, cancellationToken, looksFirst).ConfigureAwait(false);
            if (claim.IsMine)
            {
                return new KeyTake(claim);
            }

            if (policy == KeyConflict.Replace)
            {
                if (await keys.ReplaceAsync(claim, message.Id, message.Due, expiry, cancellationToken).ConfigureAwait(false) is { } taken)
                {
                    return new KeyTake(taken, claim.Record);
                }
            }
            else if (policy == KeyConflict.ReturnExisting && claim.IsUndecided && !hasWaited && siblings?.Contains(claim.Record.Id) != true)
            {
                // A handle of a job that its broker is about to refuse would be of little use.
                hasWaited = true;
                await WaitForDecisionAsync(claim, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return new KeyTake(claim);
            }
        }
    }

    private async ValueTask WaitForDecisionAsync(KeyClaim other, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(UndecidedPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await foreach (var entry in store.WatchAsync(other.StoreKey, both.Token).ConfigureAwait(false))
            {
                if (entry?.Version != other.Version)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private Task EndAsync(IReadOnlyList<KeyTake> takes, SendResult all)
    {
        var results = new SendResult[takes.Count];
        results.AsSpan().Fill(all);
        return EndAsync([.. takes], results);
    }

    private async Task EndAsync(KeyTake[] takes, SendResult[] results)
    {
        var (confirmed, refused) = (new List<KeyClaim>(takes.Length), new List<KeyTake>());
        for (var i = 0; i < takes.Length; i++)
        {
            var take = takes[i];
            if (results[i].Status == SendStatus.Accepted || (results[i].Status == SendStatus.Duplicate && take.Claim.Record.Due > time.GetUtcNow()))
            {
                confirmed.Add(take.Claim);
            }
            else if (!results[i].IsStored && results[i].Status != SendStatus.Unknown)
            {
                refused.Add(take);
            }
        }

        await TryAsync(refused.ConvertAll(static take => take.Claim), token => keys.GiveUpManyAsync(refused, token)).ConfigureAwait(false);
        await TryAsync(confirmed, token => keys.ConfirmManyAsync(confirmed, token)).ConfigureAwait(false);
        for (var i = 0; i < takes.Length; i++)
        {
            if (takes[i].Replaced is { } replaced && results[i].IsStored)
            {
                await TryAsync([takes[i].Claim], async token => await canceller.CancelAsync(replaced.Id, token).ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
    }

    // Twice, for an answer may have been lost: each step names the version that it found, so that a second time does no harm.
    private async Task TryAsync(List<KeyClaim> claims, Func<CancellationToken, ValueTask> step)
    {
        if (claims.Count == 0)
        {
            return;
        }

        using var patience = OwnTimeout.After(StorePatience, time);
        for (var isLast = false; ; isLast = true)
        {
            try
            {
                await step(patience.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                if (isLast || patience.IsCancellationRequested)
                {
                    telemetry.ErrorSwallowed("key");
                    foreach (var claim in claims)
                    {
                        Log.KeyNotWritten(logger, error, claim.StoreKey, claim.Record.Id);
                    }

                    return;
                }
            }
        }
    }
}
