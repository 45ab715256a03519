using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Stores;

/// <summary>Counts how often the server is asked for the last message of subjects, by whomever.</summary>
internal sealed class CountedLooks : IMessageHandler, IDisposable
{
    private readonly INatsClient _client;
    private readonly INatsSubscription _subscription;
    private int _count;

    public CountedLooks(INatsClient client, string stream, string subjects)
    {
        _client = client;
        _subscription = client.Subscribe($"$JS.API.DIRECT.GET.{stream}.{subjects}", this);
    }

    /// <summary>How many there were since this was asked last.</summary>
    public async Task<int> CountAsync()
    {
        await _client.FlushAsync(TestContext.Current.CancellationToken);
        return Interlocked.Exchange(ref _count, 0);
    }

    public void Dispose() => _subscription.Dispose();

    void IMessageHandler.OnMessage(in NatsMessage message) => Interlocked.Increment(ref _count);

    void IMessageHandler.OnRefused(NatsPermissionException error) => throw error;
}
