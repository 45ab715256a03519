using Jobs.Brokers;

namespace Jobs.Memory;

/// <content>Dead letters.</content>
public sealed partial class MemoryBroker
{
    private const int LargestPage = 1_000;

    // A filtered replay goes on in ten bursts a second at most: timers are too coarse for one entry at a time.
    private const int BurstsPerSecond = 10;

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
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit ?? 1, 1, nameof(filter));
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.PerSecond ?? 1, 1, nameof(filter));
        cancellationToken.ThrowIfCancellationRequested();
        var source = Find(queue);
        var keys = source?.MatchDeadLetters(filter) ?? [];
        if (source is null || filter.DryRun)
        {
            return new ReplaySummary(keys.Length, 0, 0);
        }

        var perSecond = filter.PerSecond ?? int.MaxValue;
        var burst = Math.Max(1, perSecond / BurstsPerSecond);
        var replayed = 0;
        var failed = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (i > 0 && i % burst == 0)
            {
                await Task.Delay(TimeSpan.FromSeconds((double)burst / perSecond), _timeProvider, cancellationToken).ConfigureAwait(false);
            }

            // Gone since the filter looked: someone else replayed or removed it, so it neither failed nor was it our doing.
            switch (source.Replay(keys[i]))
            {
                case ReplayStatus.Replayed:
                    replayed++;
                    break;
                case ReplayStatus.NotFound:
                    break;
                default:
                    failed++;
                    break;
            }
        }

        return new ReplaySummary(keys.Length, replayed, failed);
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
