using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <content>Permits: one record for each key, replaced as a whole.</content>
internal sealed partial class NatsStore
{
    private const int Turns = 64;

    // Of this process one at a time changes a record: they would only be in each other's way.
    private readonly SemaphoreSlim[] _turns = Array.ConvertAll(new SemaphoreSlim[Turns], static _ => new SemaphoreSlim(1, 1));

    public async ValueTask<bool> AcquireAsync(string key, string owner, int limit, TimeSpan expiry, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPermit(key, owner, expiry, limit);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return await ChangeAsync(
            key,
            (record, now) =>
            {
                if (!record.Holds(owner) && record.Count >= limit)
                {
                    return false;
                }

                record.Hold(owner, Later(now, expiry));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask RenewAsync(ReadOnlyMemory<StorePermit> permits, TimeSpan expiry, Memory<bool> held, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(held.Length, permits.Length, nameof(held));
        foreach (var permit in permits.Span)
        {
            StoreRules.CheckPermit(permit.Key, permit.Owner, expiry);
        }

        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var places = Places.By(permits.Length, i => permits.Span[i].Key);
        string[] keys = [.. places.Keys];
        await EachAsync(keys.Length, async n => await ChangeAsync(
            keys[n],
            (record, now) =>
            {
                var isAny = false;
                foreach (var i in places[keys[n]])
                {
                    var owner = permits.Span[i].Owner;
                    held.Span[i] = record.Holds(owner);
                    if (held.Span[i])
                    {
                        record.Hold(owner, Later(now, expiry));
                        isAny = true;
                    }
                }

                return isAny;
            },
            cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReleaseAsync(string key, string owner, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPermit(key, owner);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var isHeld = false;
        await ChangeAsync(
            key,
            (record, _) =>
            {
                // Written if it is not there, too: who gave up on acquiring it may have that still on its way, and it must find its place taken.
                isHeld = record.Remove(owner);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return isHeld;
    }

    public async ValueTask<int> CountHeldAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return (await ReadPermitsAsync(key, mayLag: false, cancellationToken).ConfigureAwait(false)).Count;
    }

    // Changes a record, however often other processes come in between; not at all if the change says so.
    private async ValueTask<bool> ChangeAsync(string key, Func<PermitRecord, DateTimeOffset, bool> change, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)StringComparer.Ordinal.GetHashCode(key) % Turns];
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var mayLag = !_reader.IsAlone; ; mayLag = false)
            {
                var record = await ReadPermitsAsync(key, mayLag, cancellationToken).ConfigureAwait(false);
                var now = await _clock.LatestAsync(cancellationToken).ConfigureAwait(false);
                var isChanged = change(record, now);
                if (!isChanged && !mayLag)
                {
                    return false;
                }

                if (isChanged && await TryWriteAsync(key, record, now, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask<PermitRecord> ReadPermitsAsync(string key, bool mayLag, CancellationToken cancellationToken)
    {
        var message = await _reader.ReadAsync(_names.PermitSubject(key), mayLag, cancellationToken).ConfigureAwait(false);
        return PermitRecord.Read(message, message is null ? default : await _clock.EarliestAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<bool> TryWriteAsync(string key, PermitRecord record, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var headers = _writer.Headers();
        if (record.Count == 0)
        {
            _writer.Deleting(headers);
        }
        else
        {
            _writer.Expiring(headers, Math.Max(1, record.LastExpiry - now.ToUnixTimeMilliseconds()));
        }

        return await _writer.TryWriteAsync(_names.PermitSubject(key), record.Sequence, headers, record.Count == 0 ? default : record.Encode(), cancellationToken).ConfigureAwait(false) > 0;
    }

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan expiry) => now + StoreRules.Bounded(expiry);
}
