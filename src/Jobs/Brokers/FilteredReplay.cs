namespace Jobs.Brokers;

/// <summary>One replay of the dead letters that a filter names: how fast, how many, and what came of it. Not for concurrent use.</summary>
internal sealed class FilteredReplay
{
    // It goes on in ten bursts a second at most: timers are too coarse for one entry at a time.
    private const int BurstsPerSecond = 10;

    private readonly ReplayFilter _filter;
    private readonly TimeProvider _time;
    private readonly int _perSecond;
    private readonly int _burst;
    private long _matched;
    private long _replayed;
    private long _failed;

    /// <exception cref="ArgumentOutOfRangeException">A number in the filter is less than 1.</exception>
    public FilteredReplay(ReplayFilter filter, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit ?? 1, 1, nameof(filter));
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.PerSecond ?? 1, 1, nameof(filter));
        (_filter, _time) = (filter, time);
        _perSecond = filter.PerSecond ?? int.MaxValue;
        _burst = Math.Max(1, _perSecond / BurstsPerSecond);
    }

    /// <summary>True once the filter's limit is reached.</summary>
    public bool IsFull => _matched >= (_filter.Limit ?? long.MaxValue);

    public ReplaySummary Summary => new(_matched, _replayed, _failed);

    /// <summary>True if an entry is meant, and there is room for it.</summary>
    public bool Takes(DeadLetter entry) => !IsFull && _filter.Matches(entry);

    /// <summary>Counts an entry and, unless the run is a dry one, replays it when its turn comes.</summary>
    public async ValueTask DoAsync(Func<ValueTask<ReplayStatus>> replay, CancellationToken cancellationToken)
    {
        if (!_filter.DryRun && _matched > 0 && _matched % _burst == 0)
        {
            await Task.Delay(TimeSpan.FromSeconds((double)_burst / _perSecond), _time, cancellationToken).ConfigureAwait(false);
        }

        _matched++;
        if (_filter.DryRun)
        {
            return;
        }

        // Gone since the filter looked: someone else replayed or removed it, so it neither failed nor was it our doing.
        switch (await replay().ConfigureAwait(false))
        {
            case ReplayStatus.Replayed:
                _replayed++;
                break;
            case ReplayStatus.NotFound:
                break;
            default:
                _failed++;
                break;
        }
    }
}
