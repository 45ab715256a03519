using Jobs.Brokers.Sqs.Protocol;
using Jobs.Telemetry;

namespace Jobs.Brokers.Sqs.Administration;

/// <summary>Knows what operators have said of a queue: asks now and then, for SQS tells nobody. One caller at a time.</summary>
/// <param name="ask">Asks SQS.</param>
/// <param name="period">How often.</param>
/// <param name="time">The clock.</param>
/// <param name="telemetry">Counts swallowed errors.</param>
internal sealed class MarkWatch(Func<CancellationToken, ValueTask<QueueMarks>> ask, TimeSpan period, TimeProvider time, JobsTelemetry telemetry)
{
    private long _askedAt;
    private bool _hasAsked;
    private QueueMarks _marks;

    public TimeSpan Period => period;

    /// <summary>What was said last, as far as is known.</summary>
    public QueueMarks Marks => _marks;

    /// <summary>Whether the queue is paused, as far as is known; without an answer it is as it was.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="stop">Ends it as well.</param>
    public ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken, CancellationToken stop) =>
        _hasAsked && time.GetElapsedTime(_askedAt) < period ? new(_marks.IsPaused) : AskAsync(cancellationToken, stop);

    private async ValueTask<bool> AskAsync(CancellationToken cancellationToken, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop);
        try
        {
            _marks = await ask(either.Token).ConfigureAwait(false);
        }
        catch (SqsException)
        {
            // Not allowed, or not now.
            telemetry.ErrorSwallowed("pause");
        }

        (_hasAsked, _askedAt) = (true, time.GetTimestamp());
        return _marks.IsPaused;
    }
}
