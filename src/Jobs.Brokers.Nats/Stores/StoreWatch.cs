using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Tells when an entry may have changed: a write was overheard, there is a new connection or a new leader, or it is time to look. One waits at a time.</summary>
/// <remarks>
/// <para>Writes are messages on the entry's own subject, so they are heard on their way to the stream: before they are stored, or though they are refused.
/// But each says which place it replaces. Once something is found beyond that place, it was stored or never will be; until then the entry is looked at
/// again and again, as long after the write as it took so far.</para>
/// <para>What is not heard, or takes longer, is found when it is time to look.</para>
/// </remarks>
internal sealed class StoreWatch : IMessageHandler, IConnectionListener, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly INatsClient _client;
    private readonly TimeProvider _time;
    private readonly INatsSubscription _writes;
    private readonly INatsSubscription _elections;
    private readonly WakeUp _signal;
    private TimeSpan _sleep = LongestSleep;
    private long _replaced = -1;
    private long _heardAt;
    private long _connectedAt;

    public StoreWatch(INatsClient client, StoreNames names, string key, TimeProvider time)
    {
        (_client, _time) = (client, time);
        _signal = new WakeUp(time);
        _connectedAt = time.GetTimestamp();
        _writes = client.Subscribe(names.EntrySubject(key), this);
        _elections = client.Subscribe(names.ElectedSubject, new Elections(_signal));
        client.AddListener(this);
    }

    /// <summary>Completes when the entry is to be looked at.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(_sleep, cancellationToken);

    /// <summary>The entry was looked at.</summary>
    /// <param name="place">The place of what was found; 0 for nothing.</param>
    /// <param name="life">How long it lives; null: until it is replaced.</param>
    public void Found(ulong place, TimeSpan? life)
    {
        var sleep = PauseAt((long)place);
        _sleep = life < sleep ? life > TimeSpan.Zero ? life.Value : TimeSpan.Zero : sleep;
    }

    public void Dispose()
    {
        _client.RemoveListener(this);
        _writes.Dispose();
        _elections.Dispose();
    }

    void IMessageHandler.OnMessage(in NatsMessage message)
    {
        var replaced = message.Headers.ReadNumber(StoreHeaders.Expected) ?? 0;
        lock (_lock)
        {
            _replaced = Math.Max(_replaced, replaced);
            _heardAt = _time.GetTimestamp();
        }

        _signal.Set();
    }

    void IMessageHandler.OnRefused(NatsPermissionException error)
    {
        // Then changes are seen when it is time to look.
    }

    void IConnectionListener.OnConnected(NatsServerInfo server)
    {
        lock (_lock)
        {
            _connectedAt = _time.GetTimestamp();
        }

        _signal.Set();
    }

    void IConnectionListener.OnDisconnected(Exception cause)
    {
    }

    private TimeSpan PauseAt(long place)
    {
        lock (_lock)
        {
            // The other servers of a cluster know only a little later that somebody listens.
            var untilHeard = _client.Server is { StandsAlone: false } ? LongestPause - _time.GetElapsedTime(_connectedAt) : TimeSpan.Zero;
            var longest = untilHeard > TimeSpan.Zero ? untilHeard : LongestSleep;
            var passed = _time.GetElapsedTime(_heardAt);
            if (place > _replaced || passed >= Patience)
            {
                return longest;
            }

            var pause = passed < FirstPause ? FirstPause : passed > LongestPause ? LongestPause : passed;
            return pause < longest ? pause : longest;
        }
    }

    private sealed class Elections(WakeUp signal) : IMessageHandler
    {
        public void OnMessage(in NatsMessage message) => signal.Set();

        public void OnRefused(NatsPermissionException error)
        {
            // As above.
        }
    }
}
