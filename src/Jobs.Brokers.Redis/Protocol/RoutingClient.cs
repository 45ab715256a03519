using System.Net;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A client of the server that the options name; if that turns out to be a node of a cluster, of them all.</summary>
internal sealed class RoutingClient : IRedisClient, IRouter
{
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisNode _seed;
    private volatile RedisCluster? _cluster;
    private volatile bool _isStandalone;

    public RoutingClient(IServerSource servers, RedisClientOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _seed = new RedisNode(servers, options, new ConnectionState(time, logger), this, time);
        _seed.Start();
    }

    public BrokerHealth Health => (_cluster?.State ?? _seed.State).Health;

    public long Reconnects => _cluster?.Reconnects ?? _seed.State.Reconnects;

    public async ValueTask WaitConnectedAsync(CancellationToken cancellationToken)
    {
        // A cluster is known for one once the first of its nodes is connected.
        if (_cluster is null)
        {
            await _seed.State.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_cluster is { } cluster)
        {
            await cluster.State.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<RespReply> ExecuteAsync(RespCommand command, CancellationToken cancellationToken)
    {
        var node = _seed;
        return _cluster is null || TryFind(command.FirstKey, out node)
            ? node.ExecuteAsync(command, cancellationToken)
            : ValueTask.FromException<RespReply>(NoNode(command.FirstKey));
    }

    public RespReply Execute(RespCommand command, TimeSpan timeout) => Find(command.FirstKey).Execute(command, timeout);

    // One of them has seen the server, which is the other's too.
    public bool SharesDatabaseWith(IRedisClient other) => other is RoutingClient client
        && (_isStandalone || client._isStandalone) && _cluster is null && client._cluster is null && _options.IsOfDatabase(client._options);

    public IBlockingConnection OpenBlocking(ReadOnlyMemory<byte> key) => new BlockingConnection(this, key, _options, _time);

    public ISubscriber OpenSubscriber(ReadOnlyMemory<byte> key, Action<string> lost) => new Subscriber(this, key, _options, _time, lost);

    public RedisNode Find(ReadOnlySpan<byte> key) => TryFind(key, out var node) ? node : throw NoNode(key);

    public void Greeted(RedisNode node, DnsEndPoint server, in RedisServerInfo info, RespChannel channel)
    {
        if (node != _seed)
        {
            return;
        }

        _isStandalone = info.Mode == "standalone";
        if (info.Mode != "cluster")
        {
            return;
        }

        var command = RespCommand.Rent("CLUSTER"u8).Add("SLOTS"u8);
        channel.Add(command, isFull: false);
        channel.Flush();
        using var reply = channel.Receive(_options.ConnectTimeout, _time);
        command.Release();
        var ranges = SlotRange.ReadAll(reply.GetReader(), server);
        (_cluster ??= new RedisCluster(_options, this, () => _seed, _time, _logger)).Update(ranges);
    }

    public void Changed(RedisNode node)
    {
        if (node != _seed)
        {
            _cluster?.Changed(node);
        }
    }

    public bool Learn(RedisNode node, RedisServerException error)
    {
        if (_cluster is not { } cluster || Redirection.Parse(error.Message, node.State.Server) is not { } redirection)
        {
            return false;
        }

        cluster.Follow(redirection);
        return true;
    }

    public bool TryRedirect(RedisNode node, PendingReply pending, RedisServerException error)
    {
        if (_cluster is not { } cluster || Redirection.Parse(error.Message, node.State.Server) is not { } redirection || !pending.TryRedirect(redirection.IsAsk))
        {
            return false;
        }

        cluster.Follow(redirection).SendOnceConnected(pending);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _seed.DisposeAsync().ConfigureAwait(false);
        if (_cluster is { } cluster)
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
        }

        _seed.State.Closed();
    }

    private bool TryFind(ReadOnlySpan<byte> key, out RedisNode node)
    {
        var found = _cluster is not { } cluster ? _seed : key.IsEmpty ? cluster.FindAny() : cluster.Find(RedisSlot.Of(key));
        node = found ?? _seed;
        return found is not null;
    }

    private static RedisConnectionException NoNode(ReadOnlySpan<byte> key) =>
        new($"No node of the Redis cluster serves slot {RedisSlot.Of(key)} now.", mayHaveRun: false);
}
