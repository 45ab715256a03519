using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Stores;

namespace Jobs.Tests.Schedules.Simulation;

/// <summary>The shared store as one node reaches it: the gate is asked before each call and, for the answer may be what gets lost, after it.</summary>
internal sealed class GatedStore(MemoryStore store, NodeGate gate) : IJobStore
{
    public string Name => store.Name;

    public StoreFeatures Features => store.Features;

    public BrokerHealth Health => store.Health;

    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        await gate.PassAsync();
        return await store.GetAsync(key, CancellationToken.None);
    }

    public async ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default)
    {
        await gate.PassAsync();
        var result = await store.PutAsync(key, value, condition, expiry, CancellationToken.None);
        await gate.PassAsync();
        return result;
    }

    public async ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default)
    {
        await gate.PassAsync();
        return await store.DeleteAsync(key, condition, CancellationToken.None);
    }

    // Nobody changes schedules in the simulation.
    public async IAsyncEnumerable<StoreEntry?> WatchAsync(string key, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var forever = new TaskCompletionSource();
        await using var _ = cancellationToken.Register(forever.SetResult);
        await forever.Task;
        yield break;
    }

    public ValueTask DisposeAsync() => default;
}
