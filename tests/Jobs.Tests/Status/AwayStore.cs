using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Stores;

namespace Jobs.Tests.Status;

/// <summary>A store that fails while a test says so.</summary>
internal sealed class AwayStore(MemoryStore inner) : IBatchedStore
{
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAway { get; set; }

    /// <summary>Waits while it is away, as a store whose server does not answer, instead of failing.</summary>
    public bool Hangs { get; set; }

    /// <summary>Batches are written only after that.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>A batch waits for the gate.</summary>
    public Task Waits => _waits.Task;

    /// <summary>Called with each key that was written, before the writer is told.</summary>
    public Func<string, Task>? OnPut { get; set; }

    /// <summary>Somebody waits for it in vain.</summary>
    public Task Hung => _hung.Task;

    public int Writes { get; private set; }

    public string Name => "away";

    /// <summary>True if it says that it compares versions.</summary>
    public bool ComparesVersions { get; init; }

    public StoreFeatures Features => inner.Features with { ComparesVersions = ComparesVersions };

    public BrokerHealth Health => inner.Health;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) =>
        IsAway ? AwayAsync<StoreEntry?>(cancellationToken) : inner.GetAsync(key, cancellationToken);

    public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
        IsAway ? AwayAsync<StoreWriteResult>(cancellationToken)
        : OnPut is { } script ? PutAsync(script, key, value, condition, expiry)
        : inner.PutAsync(key, value, condition, expiry, cancellationToken);

    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(key, condition, cancellationToken);

    public IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default) => inner.WatchAsync(key, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default)
    {
        Writes++;
        return IsAway ? throw new IOException("The store is away.")
            : Gate.IsCompleted ? inner.WriteAsync(writes, results, cancellationToken)
            : WriteLaterAsync(writes, results, cancellationToken);
    }

    public ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default) =>
        inner.GetManyAsync(keys, entries, cancellationToken);

    private async ValueTask WriteLaterAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken)
    {
        var gate = Gate;
        _waits.TrySetResult();
        await gate;
        await inner.WriteAsync(writes, results, cancellationToken);
    }

    private async ValueTask<StoreWriteResult> PutAsync(Func<string, Task> script, string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry)
    {
        var result = await inner.PutAsync(key, value, condition, expiry);
        await script(key);
        return result;
    }

    private async ValueTask<T> AwayAsync<T>(CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            _hung.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        throw new IOException("The store is away.");
    }

    public ValueTask DisposeAsync() => default;
}
