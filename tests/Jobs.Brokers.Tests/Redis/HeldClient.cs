using System.Threading.Channels;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis;

/// <summary>A client whose calls the test answers, one by one.</summary>
internal sealed class HeldClient : IRedisClient
{
    private readonly Channel<TaskCompletionSource<RespReply>> _calls = Channel.CreateUnbounded<TaskCompletionSource<RespReply>>();

    /// <summary>Why there is no connection; null if there is one.</summary>
    public Exception? Failure { get; set; }

    public BrokerHealth Health => Failure is null
        ? new(BrokerStatus.Connected, DateTimeOffset.UnixEpoch)
        : new(BrokerStatus.Reconnecting, DateTimeOffset.UnixEpoch, Failure.Message);

    public long Reconnects => 0;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The next call that was made, or will be.</summary>
    public async Task<TaskCompletionSource<RespReply>> NextAsync() => await _calls.Reader.ReadAsync(Token);

    /// <summary>True if a call was made that the test has not taken.</summary>
    public bool HasCall => _calls.Reader.TryPeek(out _);

    // A connection that is merely away is waited for.
    public async ValueTask WaitConnectedAsync(CancellationToken cancellationToken)
    {
        if (Failure is RedisConnectionException)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (Failure is { } failure)
        {
            throw failure;
        }
    }

    public ValueTask<RespReply> ExecuteAsync(RespCommand command, CancellationToken cancellationToken)
    {
        var call = new TaskCompletionSource<RespReply>();
        _calls.Writer.TryWrite(call);
        return new(call.Task.WaitAsync(cancellationToken));
    }

    public RespReply Execute(RespCommand command, TimeSpan timeout) => throw new NotSupportedException();

    public bool SharesDatabaseWith(IRedisClient other) => false;

    public IBlockingConnection OpenBlocking(ReadOnlyMemory<byte> key) => throw new NotSupportedException();

    public ISubscriber OpenSubscriber(ReadOnlyMemory<byte> key, Action<string> lost) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}
