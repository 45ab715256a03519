using Jobs.Brokers;

namespace Jobs.Memory;

/// <content>Queues.</content>
public sealed partial class MemoryBroker
{
    /// <inheritdoc/>
    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.GetDepth() ?? new QueueDepth(0, 0, 0, TimeSpan.Zero));
    }

    /// <inheritdoc/>
    public ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GetQueue(queue).SetPaused(paused);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.IsPaused ?? false);
    }

    /// <inheritdoc/>
    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.Purge() ?? 0);
    }
}
