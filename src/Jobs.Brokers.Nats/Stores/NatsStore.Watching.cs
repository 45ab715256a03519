using System.Runtime.CompilerServices;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <content>Watches: the server announces what it has stored, and then it is read. Expiry, which nobody announces, is awaited.</content>
internal sealed partial class NatsStore
{
    // An announcement may be lost on its way: between servers, or with the leader that was about to make it.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(15);

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
            var sleep = LongestSleep;
            if (slot.ExpiresAt is { } expiresAt)
            {
                var left = expiresAt - await _clock.EarliestAsync(ended).ConfigureAwait(false) + TimeSpan.FromMilliseconds(1);
                sleep = left > LongestSleep ? LongestSleep : left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }

            watch.Sleep = sleep;
            return slot;
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Tells that an entry may have changed: it was announced, there is a new connection, or it is time to look.</summary>
    private sealed class StoreWatch : IMessageHandler, IConnectionListener, IDisposable
    {
        private readonly INatsClient _client;
        private readonly INatsSubscription _announcements;
        private readonly INatsSubscription _elections;
        private readonly WakeUp _signal;

        public StoreWatch(INatsClient client, StoreNames names, string key, TimeProvider time)
        {
            _client = client;
            _signal = new WakeUp(time);
            _announcements = client.Subscribe(names.ChangedSubject(key), this);
            _elections = client.Subscribe(names.ElectedSubject, this);
            client.AddListener(this);
        }

        public TimeSpan Sleep { get; set; } = LongestSleep;

        public ValueTask WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(Sleep, cancellationToken);

        public void Dispose()
        {
            _client.RemoveListener(this);
            _announcements.Dispose();
            _elections.Dispose();
        }

        void IMessageHandler.OnMessage(in NatsMessage message) => _signal.Set();

        void IMessageHandler.OnRefused(NatsPermissionException error)
        {
            // Then changes are seen when it is time to look.
        }

        void IConnectionListener.OnConnected(NatsServerInfo server) => _signal.Set();

        void IConnectionListener.OnDisconnected(Exception cause)
        {
        }
    }
}
