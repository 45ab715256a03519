using System.Collections.Concurrent;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Memory;
using Jobs.Testing;

namespace Jobs.Brokers.Tests.Memory;

/// <summary>The memory broker on a clock that only checks move. Its processes share one broker, which outlives them.</summary>
public class MemoryFixture : BrokerFixture
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<string, MemoryBroker> _brokers = new();

    public override TimeProvider Time => _clock;

    public override TimeSpan Lease => TimeSpan.FromSeconds(30);

    public override TimeSpan Slack => TimeSpan.Zero;

    public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(FaultyBroker.Over(Broker(target), new BrokerFaults(), leaveOpen: true));

    public override ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        Broker(target).SendRaw(queue, document);
        return default;
    }

    public override Task PassAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        _clock.Advance(span);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers.Values)
        {
            await broker.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private MemoryBroker Broker(BrokerTarget target) => _brokers.GetOrAdd(target.Namespace, _ => new MemoryBroker(_clock));
}
