using Jobs.Brokers;

namespace Jobs.Memory;

/// <content>Dead letters.</content>
public sealed partial class MemoryBroker
{
    private const int LargestPage = 1_000;

    /// <summary>How many dead letters were removed because a queue was at its limit.</summary>
    public long EvictedDeadLetters => _queues.Values.Sum(static queue => queue.EvictedDeadLetters);

    /// <inheritdoc/>
    public ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.CountDeadLetters() ?? 0);
    }

    /// <inheritdoc/>
    public ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, LargestPage);
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.PageDeadLetters(cursor, take) ?? new DeadLetterPage([], null));
    }

    /// <inheritdoc/>
    public ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.FindDeadLetter(key));
    }

    /// <inheritdoc/>
    public ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.Replay(key) ?? ReplayStatus.NotFound);
    }

    /// <inheritdoc/>
    public async ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default)
    {
        var replay = new FilteredReplay(filter, _timeProvider);
        cancellationToken.ThrowIfCancellationRequested();
        var source = Find(queue);
        foreach (var key in source?.MatchDeadLetters(filter) ?? [])
        {
            await replay.DoAsync(() => new(source!.Replay(key)), cancellationToken).ConfigureAwait(false);
        }

        return replay.Summary;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.DeleteDeadLetter(key) ?? false);
    }

    /// <inheritdoc/>
    public ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Find(queue)?.PurgeDeadLetters(diedBefore) ?? 0);
    }

    // Looking at a queue does not make one.
    private MemoryQueue? Find(string queue) => _queues.GetValueOrDefault(queue);
}
