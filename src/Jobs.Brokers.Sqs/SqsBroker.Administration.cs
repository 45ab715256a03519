using Jobs.Brokers.Sqs.Administration;

namespace Jobs.Brokers.Sqs;

/// <content>Queues.</content>
internal sealed partial class SqsBroker
{
    private QueueState State => field ??= new QueueState(_client, _urls, _names, _time);

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) =>
        State.GetDepthAsync(queue, LevelsOf(queue), AgeOf(queue).Longest, cancellationToken);

    public ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default) =>
        State.SetPausedAsync(MarkedName(queue), paused, cancellationToken);

    public async ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default) =>
        (await State.GetMarksAsync(MarkedName(queue), cancellationToken).ConfigureAwait(false)).IsPaused;

    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default) => 
        State.PurgeAsync(queue, LevelsOf(queue), MarkedName(queue), cancellationToken);

    // The queue of the highest level that there is, but the normal one if there is that.
    private string MarkedName(string queue)
    {
        var levels = LevelsOf(queue);
        return _names.Queue(queue, levels.Contains(SqsNames.NormalLevel) ? SqsNames.NormalLevel : levels[0]);
    }

    // Unless told otherwise a queue has any level, for another host may know more.
    private int[] LevelsOf(string queue) => _names.IsFifo(queue) ? [SqsNames.NormalLevel]
        : _sender.TopologyOf(queue) is { } topology ? AdapterRules.LevelsOf(topology.Priorities, SqsNames.LevelOf)
        : [.. Enumerable.Range(0, SqsNames.Levels)];
}
