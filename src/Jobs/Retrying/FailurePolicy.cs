using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Retrying;

/// <summary>Decides what a failure means. The only place that does: brokers carry decisions out.</summary>
internal sealed class FailurePolicy(TimeProvider time, string worker, Random random)
{
    private const int PoolExhaustedAttempts = 3;
    private static readonly TimeSpan PoolExhaustedDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RateLimitedDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UnknownJobDelay = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of a run that threw.</summary>
    public FailureDecision Decide(JobDelivery delivery, JobSettings settings, Exception exception)
    {
        try
        {
            return DecideCore(delivery, settings, exception);
        }
        catch (Exception second)
        {
            // The message of an exception is the user's code as well, and may throw in its turn.
            var type = exception.GetType();
            return DecideCore(delivery, settings, new InvalidOperationException($"The job failed with {type}, which cannot be described: it threw {second.GetType()}."));
        }
    }

    /// <summary>What becomes of a run that was given up on.</summary>
    /// <remarks>It is never completed, whatever a rule says: it still holds its message, which would go back to a pool and be another job's.</remarks>
    public FailureDecision DecideAbandoned(JobDelivery delivery, JobSettings settings, JobTimeoutException exception)
    {
        var decision = Decide(delivery, settings, exception);
        return decision.Verdict == FailureVerdict.CompletedNotFound
            ? RetryOrDie(delivery, settings, exception, Exponential(delivery, settings), int.MaxValue)
            : decision;
    }

    private FailureDecision DecideCore(JobDelivery delivery, JobSettings settings, Exception exception)
    {
        switch (exception)
        {
            case DeferJobException defer:
                return new(Defer(delivery, Backoff.AtLeast(defer.After, random)), FailureVerdict.Deferred);
            case DeadLetterJobException:
                return Dead(delivery, DeadLetterReason.Rejected, exception);
            // A handler that enqueues may meet the payload of another job: that is a failure like others.
            case JobPayloadException payload when payload.JobName is null || payload.JobName == delivery.Message!.Name:
                return Dead(delivery, DeadLetterReason.Undecodable, exception);
            case RetryJobException retry:
                return RetryOrDie(delivery, settings, exception, Backoff.AtLeast(retry.After, random), int.MaxValue);
            default:
                break;
        }

        return settings.FailureRules.Find(exception.GetType()) switch
        {
            FailureStrategy.NotFound => new(new Settlement { Delivery = delivery, Kind = SettleKind.Complete }, FailureVerdict.CompletedNotFound),
            FailureStrategy.Invalid => Dead(delivery, DeadLetterReason.NotRetryable, exception),
            FailureStrategy.RateLimited => RetryOrDie(delivery, settings, exception, Backoff.AtLeast(Longer(RateLimitedDelay, Exponential(delivery, settings)), random), int.MaxValue),
            FailureStrategy.PoolExhausted => RetryOrDie(delivery, settings, exception, Backoff.AtLeast(PoolExhaustedDelay, random), PoolExhaustedAttempts),
            FailureStrategy.Transient => RetryOrDie(delivery, settings, exception, Exponential(delivery, settings), int.MaxValue),
            _ when !IsRetryable(settings, exception) => Dead(delivery, DeadLetterReason.NotRetryable, exception),
            _ => RetryOrDie(delivery, settings, exception, Exponential(delivery, settings), int.MaxValue),
        };
    }

    /// <summary>What becomes of a delivery whose name or version this worker does not know: perhaps the others do.</summary>
    public Settlement Unknown(JobDelivery delivery, TimeSpan grace)
    {
        var message = delivery.Message!;
        var now = time.GetUtcNow();
        var since = message.State.UnknownSince ?? now;
        if (now - since >= grace)
        {
            var error = $"No worker of queue '{delivery.Queue}' has known job '{message.Name}' version {message.Version} for {grace}.";
            return Dead(delivery, DeadLetterReason.UnknownJob, error);
        }

        // The older the riddle, the less often it is asked.
        var delay = Longer(UnknownJobDelay, (now - since) / 2);
        return Defer(delivery, Backoff.AtLeast(delay, random)) with { UnknownSince = since };
    }

    /// <summary>A delivery that ends in the dead-letter queue without having run.</summary>
    public static Settlement Dead(JobDelivery delivery, string reason, string error) =>
        new() { Delivery = delivery, Kind = SettleKind.DeadLetter, Reason = reason, Error = error };

    /// <summary>A delivery that runs later, nothing recorded.</summary>
    public Settlement Defer(JobDelivery delivery, TimeSpan delay) =>
        new() { Delivery = delivery, Kind = SettleKind.Defer, Due = After(time.GetUtcNow(), delay) };

    private FailureDecision RetryOrDie(JobDelivery delivery, JobSettings settings, Exception exception, TimeSpan delay, int strategyAttempts)
    {
        var message = delivery.Message!;
        var most = Math.Min(message.Attributes.MaxAttempts ?? settings.MaxAttempts, strategyAttempts);
        if (message.State.Attempt >= most)
        {
            return Dead(delivery, DeadLetterReason.AttemptsExhausted, exception);
        }

        var now = time.GetUtcNow();
        return new(
            new Settlement
            {
                Delivery = delivery,
                Kind = SettleKind.Retry,
                Due = After(now, delay),
                Failure = JobFailure.From(exception, message.State.Attempt, now, worker),
            },
            FailureVerdict.Retried);
    }

    private FailureDecision Dead(JobDelivery delivery, string reason, Exception exception) => new(
        Dead(delivery, reason, exception.Message) with
        {
            Failure = JobFailure.From(exception, delivery.Message!.State.Attempt, time.GetUtcNow(), worker),
        },
        FailureVerdict.DeadLettered);

    private TimeSpan Exponential(JobDelivery delivery, JobSettings settings) =>
        Backoff.FullJitter(delivery.Message!.Attributes.Backoff ?? settings.Backoff, settings.MaxBackoff, delivery.Message.State.Attempt, random);

    private static bool IsRetryable(JobSettings settings, Exception exception) =>
        !Contains(settings.NoRetryOn, exception) && (settings.RetryOn.Count == 0 || Contains(settings.RetryOn, exception));

    private static bool Contains(IReadOnlyList<Type> types, Exception exception)
    {
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i].IsInstanceOfType(exception))
            {
                return true;
            }
        }

        return false;
    }

    private static DateTimeOffset After(DateTimeOffset now, TimeSpan delay) =>
        delay < DateTimeOffset.MaxValue - now ? now + delay : DateTimeOffset.MaxValue;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
