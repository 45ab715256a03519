using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A client of one server: the one that is named, or the primary among those that are.</summary>
internal sealed class SingleClient : IRedisClient
{
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ConnectionState _state;
    private readonly RedisNode _node;

    public SingleClient(IServerSource servers, RedisClientOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _state = new ConnectionState(time, logger);
        _node = new RedisNode(servers, options, _state, time);
    }

    public BrokerHealth Health => _state.Health;

    public long Reconnects => _state.Reconnects;

    public ValueTask WaitConnectedAsync(CancellationToken cancellationToken) => _state.WaitAsync(cancellationToken);

    public ValueTask<RespReply> ExecuteAsync(RespCommand command, CancellationToken cancellationToken) => _node.ExecuteAsync(command, cancellationToken);

    public RespReply Execute(RespCommand command, TimeSpan timeout) => _node.Execute(command, timeout);

    public IBlockingConnection OpenBlocking(ReadOnlyMemory<byte> key) => new BlockingConnection(() => _node, _options, _time);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync().ConfigureAwait(false);
        _state.Closed();
    }
}
