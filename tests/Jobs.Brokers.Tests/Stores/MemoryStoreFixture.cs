using System.Collections.Concurrent;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Memory;
using Jobs.Stores;
using Jobs.Testing;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The memory store on a clock that only checks move. Its processes share one store.</summary>
public sealed class MemoryStoreFixture : StoreFixture
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<string, MemoryStore> _stores = new();

    public override TimeProvider Time => _clock;

    public override TimeSpan Slack => TimeSpan.Zero;

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(_stores.GetOrAdd(target.Namespace, _ => new MemoryStore(_clock)));

    public override Task PassAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        _clock.Advance(span);
        return Task.CompletedTask;
    }
}
