using System.Runtime.CompilerServices;
using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <content>Watches: writes are overheard (<see cref="StoreWatch"/>), and then it is read. Expiry, which nobody writes, is awaited.</content>
internal sealed partial class NatsStore
{
    public async IAsyncEnumerable<StoreEntry?> WatchAsync(string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        using var watch = new StoreWatch(_client, _names, key, _time);
        ulong? last = null;
        var newest = 0UL;
        while (true)
        {
            if (await TryLookAsync(key, watch, last, ended.Token).ConfigureAwait(false) is not { } slot)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield break;
            }

            // A server that has just become the leader may still lag.
            var version = slot.Entry is null ? 0 : slot.Sequence;
            if (last != version && slot.Sequence >= newest)
            {
                last = version;
                newest = slot.Sequence;
                yield return slot.Entry;
            }
        }
    }

    // What there is now; at once if nothing was seen yet, else after the next sign of a change. Null once the watch has ended.
    private async ValueTask<StoreSlot?> TryLookAsync(string key, StoreWatch watch, ulong? seen, CancellationToken ended)
    {
        try
        {
            if (seen is not null)
            {
                await watch.WaitAsync(ended).ConfigureAwait(false);
            }

            var slot = await FindAsync(key, mayLag: false, ended).ConfigureAwait(false);
            TimeSpan? left = slot.ExpiresAt is { } expiresAt
                ? expiresAt - await _clock.EarliestAsync(ended).ConfigureAwait(false) + TimeSpan.FromMilliseconds(1)
                : null;
            watch.Found(slot.Sequence, left);
            return slot;
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            return null;
        }
    }
}
