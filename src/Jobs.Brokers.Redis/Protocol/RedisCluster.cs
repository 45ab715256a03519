using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The nodes of a cluster and their slots: one connection per primary.</summary>
/// <remarks>
/// <para>1. A redirection changes one slot at once; the whole map is read anew soon after, by a thread of its own, and again and again
/// while a node with slots is away. 2. It is connected when each slot has a node, and each of these nodes answers. 3. A node that has lost
/// its slots is kept for a while: one may be coming.</para>
/// </remarks>
internal sealed class RedisCluster : IAsyncDisposable
{
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefreshWhileBroken = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private readonly Dictionary<DnsEndPoint, ClusterMember> _members = [];
    private readonly RedisClientOptions _options;
    private readonly IRouter _router;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<RedisNode> _seed;
    private volatile RedisNode?[] _slots = new RedisNode?[RedisSlot.Count];
    private long _reconnects;
    private bool _wasComplete;
    private bool _isRefreshWanted;
    private bool _isStopping;

    public RedisCluster(RedisClientOptions options, IRouter router, Func<RedisNode> seed, TimeProvider time, ILogger logger)
    {
        _options = options;
        _router = router;
        _seed = seed;
        _time = time;
        _logger = logger;

        // Each node tells of itself.
        State = new ConnectionState(time, NullLogger.Instance);
        new Thread(Refresh) { IsBackground = true, Name = "jobs-redis-cluster" }.UnsafeStart();
    }

    public ConnectionState State { get; }

    /// <summary>Connections made after all had been made once.</summary>
    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>The node for a slot; null if there is none.</summary>
    public RedisNode? Find(int slot) => _slots[slot];

    /// <summary>Some node with slots.</summary>
    public RedisNode? FindAny() => Array.Find(_slots, static node => node is { State.Server: not null });

    /// <summary>Takes over a map.</summary>
    public void Update(IReadOnlyCollection<SlotRange> ranges)
    {
        var slots = new RedisNode?[RedisSlot.Count];
        var retired = new List<RedisNode>();
        lock (_gate)
        {
            foreach (var member in _members.Values)
            {
                member.HasSlots = false;
            }

            foreach (var range in ranges)
            {
                var member = Member(range.Primary);
                member.HasSlots = true;
                Array.Fill(slots, member.Node, range.First, range.Last - range.First + 1);
            }

            foreach (var (server, member) in _members)
            {
                if (member.HasSlots)
                {
                    member.SeenAt = _time.GetTimestamp();
                }
                else if (_time.GetElapsedTime(member.SeenAt) > KeepFor)
                {
                    _members.Remove(server);
                    retired.Add(member.Node);
                }
            }

            _slots = slots;
        }

        retired.ForEach(static node => _ = node.DisposeAsync().AsTask());

        Judge();
    }

    /// <summary>The node that a redirection names; what it tells of a slot is noted.</summary>
    public RedisNode Follow(in Redirection redirection)
    {
        lock (_gate)
        {
            var member = Member(redirection.Server);
            member.SeenAt = _time.GetTimestamp();
            if (!redirection.IsAsk)
            {
                member.HasSlots = true;
                _slots[redirection.Slot] = member.Node;
                WantRefresh();
            }

            return member.Node;
        }
    }

    /// <summary>A node has become connected, or is so no longer.</summary>
    public void Changed(RedisNode node)
    {
        if (node.State.Server is null)
        {
            WantRefresh();
        }
        else if (Volatile.Read(ref _wasComplete))
        {
            Interlocked.Increment(ref _reconnects);
        }

        Judge();
    }

    public async ValueTask DisposeAsync()
    {
        RedisNode[] nodes;
        lock (_gate)
        {
            _isStopping = true;
            nodes = [.. _members.Values.Select(static member => member.Node)];
            Monitor.PulseAll(_gate);
        }

        foreach (var node in nodes)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }

        State.Closed();
    }

    private ClusterMember Member(DnsEndPoint server)
    {
        if (!_members.TryGetValue(server, out var member))
        {
            var node = new RedisNode(new KnownServers([server]), _options, new ConnectionState(_time, _logger), _router, _time);
            _members.Add(server, member = new ClusterMember(node));
            if (!_isStopping)
            {
                node.Start();
            }
        }

        return member;
    }

    private void WantRefresh()
    {
        lock (_gate)
        {
            _isRefreshWanted = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Judge()
    {
        lock (_gate)
        {
            var homeless = Array.IndexOf(_slots, null);
            var away = _members.Values.FirstOrDefault(static member => member.HasSlots && member.Node.State.Server is null)?.Node.State.Health;
            if (homeless >= 0)
            {
                State.Disconnected(new ConnectFailure($"No node of the cluster serves slot {homeless}.", false));
            }
            else if (away is not null)
            {
                State.Disconnected(new ConnectFailure(away.Error ?? "", away.Status == BrokerStatus.Failed));
            }
            else if (State.Server is null && !_isStopping)
            {
                State.Connected(_members.First(static member => member.Value.HasSlots).Key);
                Volatile.Write(ref _wasComplete, true);
            }
        }
    }

    private void Refresh()
    {
        while (WaitForRefresh())
        {
            var command = RespCommand.Rent("CLUSTER"u8).Add("SLOTS"u8);
            foreach (var node in Sources())
            {
                try
                {
                    if (node.State.Server is { } server)
                    {
                        using var reply = node.Execute(command, _options.ConnectTimeout);
                        Update(SlotRange.ReadAll(reply.GetReader(), server));
                        break;
                    }
                }
                catch (Exception exception) when (exception is IOException or TimeoutException)
                {
                    // Another node may know; if none does, this comes round again.
                    RedisLog.ClusterNotRead(_logger, exception.Message);
                }
            }

            command.Release();
        }
    }

    private RedisNode[] Sources()
    {
        lock (_gate)
        {
            return [_seed(), .. _members.Values.Select(static member => member.Node)];
        }
    }

    private bool WaitForRefresh()
    {
        lock (_gate)
        {
            // However often it is wanted, there is a moment between two.
            if (!_isStopping)
            {
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Random.Shared.Next(20, 100)));
            }

            var longest = State.Server is null ? RefreshWhileBroken : RefreshEvery;
            if (!_isStopping && !_isRefreshWanted)
            {
                Monitor.Wait(_gate, longest * (0.5 + Random.Shared.NextDouble()));
            }

            _isRefreshWanted = false;
            return !_isStopping;
        }
    }
}
