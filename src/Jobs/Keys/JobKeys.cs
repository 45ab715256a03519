using Jobs.Stores;

namespace Jobs.Keys;

/// <summary>The record of each key: which job has it. Safe for concurrent use.</summary>
/// <remarks>
/// <para><b>Invariants.</b> (1) A key has one record or none; whoever changes it names the version it has read, so that nobody acts on what is
/// no longer so. (2) Only the job that the record names, or one that replaces it, changes a record; a delivery only if no later delivery of the
/// same job has (<see cref="KeyRecord.Run"/>). (3) A job is run only while the record names it. (4) Each record expires; nothing but
/// time is needed to heal what a crash left behind.</para>
/// <para><b>Producer.</b> <see cref="ReserveAsync"/> (if absent; expires soon) → send → <see cref="ConfirmAsync"/> (expires when the job is due
/// and the retention has passed besides). What the broker refused is given up (<see cref="GiveUpAsync"/>); what nobody knows stays reserved.
/// A worker may be faster than the confirmation, which then finds another version and leaves it alone: it never brings back what was freed.
/// Died in between, the reservation expires, and the job, if there is one, takes the key when it starts.</para>
/// <para><b>Producer in one step</b>, where the broker writes to the store as it takes the message: <see cref="TakeWith"/> (if absent; as if confirmed).
/// There is no state in between, and nothing to give up: what is refused or never sent has no record.</para>
/// <para><b>Worker.</b> <see cref="HoldAsync"/> before the handler is called, and again at every third of the retention while it runs: takes the key if nobody has
/// it or this job has. Another job has it: this one was replaced, or its key had expired and was given away; it must not run, and ends
/// as cancelled. Undecided (<see cref="KeyClaim.IsUndecided"/>): defer shortly, for that other job may never be. While the handler runs, a key
/// that another took is gone: the run goes on, for a replaced job is cancelled by its flag.
/// Retry, defer, release: <see cref="WaitAsync"/>, before the broker is told. Success, dead letter, cancelled,
/// expired: <see cref="FreeAsync"/>, before the broker is told: a worker that dies in between leaves a job that comes again and takes the key
/// again, or finds that a later one has it and is dropped; the other order would leave a key that nobody frees.</para>
/// <para><b>Cancel.</b> The worker that drops the job frees its key. A job that waits long for its time would keep it so long: so who cancels frees
/// it at once (<see cref="FreeWaitingAsync"/>) where the job's status tells the key, unless a worker runs the job: then that worker does.</para>
/// <para><b>Replay</b> of a dead letter reserves and confirms like a producer.</para>
/// </remarks>
internal sealed class JobKeys(IJobStore store, TimeSpan retention, TimeProvider time)
{
    // A key that has to wait for others this often is not contended but broken.
    private const int MostTries = 1_000;

    private readonly IBatchedStore _batches = SingleWrites.Over(store);

    /// <summary>How long a confirmed key is held beyond the time that its job is due, unless renewed.</summary>
    public TimeSpan Retention => retention;

    /// <summary>Takes a key for a job that is about to be sent, if nobody has it.</summary>
    /// <param name="storeKey">Where (<see cref="KeyRecord.StoreKeyOf"/>).</param>
    /// <param name="id">The job.</param>
    /// <param name="due">When it is due, if it waits.</param>
    /// <param name="expiry">How long the reservation lasts; longer than the send.</param>
    /// <param name="cancellationToken">Ends the wait; the key may or may not have been reserved.</param>
    /// <param name="looksFirst">True if somebody is thought to have it.</param>
    /// <returns>Mine also if the job had it before: the same job is sent again.</returns>
    public async ValueTask<KeyClaim> ReserveAsync(string storeKey, JobId id, DateTimeOffset? due, TimeSpan expiry, CancellationToken cancellationToken, bool looksFirst = false)
    {
        var mine = new KeyRecord { Id = id, Phase = KeyPhase.Reserved, Due = due };
        for (var tries = 0; ; tries++)
        {
            // Most keys are free, so writing comes before reading.
            StoreWriteResult write;
            if (tries > 0 || !looksFirst)
            {
                write = await store.PutAsync(storeKey, mine.Encode(), StoreCondition.IfAbsent, expiry, cancellationToken).ConfigureAwait(false);
                if (write.Written)
                {
                    return new(storeKey, mine, write.Version, IsMine: true);
                }
            }

            if (await ReadAsync(storeKey, tries, cancellationToken).ConfigureAwait(false) is not var (record, version))
            {
                continue;
            }

            if (record.Id != id)
            {
                return new(storeKey, record, version, IsMine: false);
            }

            if (record.Phase != KeyPhase.Reserved)
            {
                // It exists: there is nothing to confirm, and nothing to give up.
                return new(storeKey, record, Version: 0, IsMine: true);
            }

            write = await store.PutAsync(storeKey, mine.Encode(), StoreCondition.IfVersion(version), expiry, cancellationToken).ConfigureAwait(false);
            if (write.Written)
            {
                return new(storeKey, mine, write.Version, IsMine: true);
            }
        }
    }

    /// <summary>Takes the keys of many jobs, as far as nobody has them, in one round trip.</summary>
    /// <param name="wanted">Where, for which job, and when that is due.</param>
    /// <param name="expiry">How long the reservations last.</param>
    /// <param name="cancellationToken">Ends the wait; each key may or may not have been reserved.</param>
    /// <returns>Null for each that somebody has, be it the same job: <see cref="ReserveAsync"/> says who.</returns>
    public async ValueTask<KeyClaim?[]> ReserveManyAsync((string StoreKey, JobId Id, DateTimeOffset? Due)[] wanted, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var records = Array.ConvertAll(wanted, static one => new KeyRecord { Id = one.Id, Phase = KeyPhase.Reserved, Due = one.Due });
        var writes = new StoreWrite[wanted.Length];
        for (var i = 0; i < writes.Length; i++)
        {
            writes[i] = new StoreWrite { Key = wanted[i].StoreKey, Value = records[i].Encode(), Condition = StoreCondition.IfAbsent, Expiry = expiry };
        }

        var results = new StoreWriteResult[writes.Length];
        await _batches.WriteAsync(writes, results, cancellationToken).ConfigureAwait(false);
        var claims = new KeyClaim?[writes.Length];
        for (var i = 0; i < claims.Length; i++)
        {
            claims[i] = results[i].Written ? new KeyClaim(wanted[i].StoreKey, records[i], results[i].Version, IsMine: true) : null;
        }

        return claims;
    }

    /// <summary>The write that gives a key, if nobody has it, to a job that is sent in the same step.</summary>
    public StoreWrite TakeWith(string storeKey, JobId id, DateTimeOffset? due) => new()
    {
        Key = storeKey,
        Value = new KeyRecord { Id = id, Phase = KeyPhase.Waiting, Due = due }.Encode(),
        Condition = StoreCondition.IfAbsent,
        Expiry = ExpiryOf(due),
    };

    /// <summary>Which keys somebody has, in one round trip.</summary>
    public async ValueTask<bool[]> FindTakenAsync(string[] storeKeys, CancellationToken cancellationToken)
    {
        var entries = new StoreEntry?[storeKeys.Length];
        await _batches.GetManyAsync(storeKeys, entries, cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(entries, static entry => entry is not null);
    }

    /// <summary>Takes a key from the job that has it, for one that is about to be sent.</summary>
    /// <param name="other">What <see cref="ReserveAsync"/> said.</param>
    /// <param name="id">The job.</param>
    /// <param name="due">When it is due, if it waits.</param>
    /// <param name="expiry">How long the reservation lasts.</param>
    /// <param name="cancellationToken">Ends the wait; the key may or may not have been reserved.</param>
    /// <returns>Null if the record has changed: reserve again.</returns>
    public async ValueTask<KeyClaim?> ReplaceAsync(KeyClaim other, JobId id, DateTimeOffset? due, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var mine = new KeyRecord { Id = id, Phase = KeyPhase.Reserved, Due = due };
        var write = await store.PutAsync(other.StoreKey, mine.Encode(), StoreCondition.IfVersion(other.Version), expiry, cancellationToken).ConfigureAwait(false);
        return write.Written ? new KeyClaim(other.StoreKey, mine, write.Version, IsMine: true) : null;
    }

    /// <summary>Keeps a reserved key for a job that was sent. Does nothing if a worker has been faster.</summary>
    public ValueTask ConfirmAsync(KeyClaim reserved, CancellationToken cancellationToken) => ConfirmManyAsync([reserved], cancellationToken);

    /// <summary>Keeps reserved keys for jobs that were sent, in one round trip.</summary>
    public ValueTask ConfirmManyAsync(IReadOnlyList<KeyClaim> reserved, CancellationToken cancellationToken) =>
        WriteAsync(reserved, static claim => (claim, claim.Record with { Phase = KeyPhase.Waiting }), cancellationToken);

    /// <summary>Gives up a reserved key whose job was refused.</summary>
    public ValueTask GiveUpAsync(KeyTake reserved, CancellationToken cancellationToken) => GiveUpManyAsync([reserved], cancellationToken);

    /// <summary>Gives up reserved keys whose jobs were refused, in one round trip.</summary>
    /// <param name="reserved">The reservations. A job that a key was taken from has it again, but one that runs is not written back, for it may have ended
    /// meanwhile; it takes the key again when it renews.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask GiveUpManyAsync(IReadOnlyList<KeyTake> reserved, CancellationToken cancellationToken) =>
        WriteAsync(reserved, static take => (take.Claim, take.Replaced is { Phase: KeyPhase.Waiting } before ? before : null), cancellationToken);

    /// <summary>Takes, or renews, the key of a job that a worker runs.</summary>
    /// <param name="storeKey">Where (<see cref="KeyRecord.StoreKeyOf"/>).</param>
    /// <param name="id">The job.</param>
    /// <param name="run">The fence of the delivery, more than 0 (<see cref="Status.StatusFacts.Order"/>).</param>
    /// <param name="cancellationToken">Ends the wait; the key may or may not have been taken.</param>
    /// <returns>Not mine though the record names this job: a later delivery of it has the key, so this one has lost its lease.</returns>
    public ValueTask<KeyClaim> HoldAsync(string storeKey, JobId id, long run, CancellationToken cancellationToken) =>
        WriteMineAsync(storeKey, new KeyRecord { Id = id, Phase = KeyPhase.Running, Run = run }, cancellationToken);

    /// <summary>Keeps the key of a job that is about to be handed back: retried, deferred or released.</summary>
    /// <param name="storeKey">Where (<see cref="KeyRecord.StoreKeyOf"/>).</param>
    /// <param name="id">The job.</param>
    /// <param name="run">The fence of the delivery.</param>
    /// <param name="due">When it is due again; null: at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<KeyClaim> WaitAsync(string storeKey, JobId id, long run, DateTimeOffset? due, CancellationToken cancellationToken) =>
        WriteMineAsync(storeKey, new KeyRecord { Id = id, Phase = KeyPhase.Waiting, Run = run, Due = due }, cancellationToken);

    /// <summary>Frees the key of a job that has ended, if it has it, and no later delivery does.</summary>
    /// <param name="storeKey">Where (<see cref="KeyRecord.StoreKeyOf"/>).</param>
    /// <param name="id">The job.</param>
    /// <param name="run">The fence of the delivery.</param>
    /// <param name="version">The version that it was held by, which spares reading; 0 if not known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask FreeAsync(string storeKey, JobId id, long run, long version, CancellationToken cancellationToken) =>
        DeleteAsync(storeKey, version, record => record.Id == id && record.Run <= run, cancellationToken);

    /// <summary>Frees the key of a job that is cancelled while it waits.</summary>
    public ValueTask FreeWaitingAsync(string storeKey, JobId id, CancellationToken cancellationToken) =>
        DeleteAsync(storeKey, version: 0, record => record.Id == id && record.Phase != KeyPhase.Running, cancellationToken);

    /// <summary>Who has a key; null if nobody.</summary>
    public async ValueTask<KeyRecord?> GetAsync(string storeKey, CancellationToken cancellationToken) =>
        await ReadAsync(storeKey, tries: 0, cancellationToken).ConfigureAwait(false) is var (record, _) ? record : null;

    // Each by the version that was reserved; without a record the key is free.
    private async ValueTask WriteAsync<T>(IReadOnlyList<T> reserved, Func<T, (KeyClaim Claim, KeyRecord? Record)> describe, CancellationToken cancellationToken)
    {
        var writes = new List<StoreWrite>(reserved.Count);
        foreach (var one in reserved)
        {
            var (claim, record) = describe(one);
            if (claim.Version != 0)
            {
                writes.Add(new StoreWrite
                {
                    Key = claim.StoreKey,
                    Value = record is { } kept ? (ReadOnlyMemory<byte>?)kept.Encode() : null,
                    Condition = StoreCondition.IfVersion(claim.Version),
                    Expiry = record is { } waiting ? ExpiryOf(waiting.Due) : null,
                });
            }
        }

        await _batches.WriteAsync(writes.ToArray(), new StoreWriteResult[writes.Count], cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<KeyClaim> WriteMineAsync(string storeKey, KeyRecord mine, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            var found = await ReadAsync(storeKey, tries, cancellationToken).ConfigureAwait(false);
            if (found is var (record, version) && (record.Id != mine.Id || record.Run > mine.Run))
            {
                return new(storeKey, record, version, IsMine: false);
            }

            var condition = found is null ? StoreCondition.IfAbsent : StoreCondition.IfVersion(found.Value.Version);
            var write = await store.PutAsync(storeKey, mine.Encode(), condition, ExpiryOf(mine.Due), cancellationToken).ConfigureAwait(false);
            if (write.Written)
            {
                return new(storeKey, mine, write.Version, IsMine: true);
            }
        }
    }

    private async ValueTask DeleteAsync(string storeKey, long version, Func<KeyRecord, bool> isMine, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            if (version == 0)
            {
                if (await ReadAsync(storeKey, tries, cancellationToken).ConfigureAwait(false) is not var (record, found) || !isMine(record))
                {
                    return;
                }

                version = found;
            }

            if ((await store.DeleteAsync(storeKey, StoreCondition.IfVersion(version), cancellationToken).ConfigureAwait(false)).Written)
            {
                return;
            }

            version = 0;
        }
    }

    private async ValueTask<(KeyRecord Record, long Version)?> ReadAsync(string storeKey, int tries, CancellationToken cancellationToken)
    {
        if (tries == MostTries)
        {
            throw new InvalidOperationException($"The store's entry '{storeKey}' changed {MostTries} times while it was read: store '{store.Name}' does not keep its conditions.");
        }

        return await store.GetAsync(storeKey, cancellationToken).ConfigureAwait(false) is not { } entry ? null
            : KeyRecord.TryDecode(entry.Value, out var record) ? (record.Value, entry.Version)
            : throw new InvalidOperationException($"The store's entry '{storeKey}' is not the record of a key. Delete it, and the key is free.");
    }

    private TimeSpan ExpiryOf(DateTimeOffset? due)
    {
        var wait = due - time.GetUtcNow();
        return wait > TimeSpan.Zero ? Add(wait.Value, retention) : retention;
    }

    // "Never" is often written as the longest time there is.
    private static TimeSpan Add(TimeSpan a, TimeSpan b) => a < TimeSpan.MaxValue - b ? a + b : TimeSpan.MaxValue;
}
