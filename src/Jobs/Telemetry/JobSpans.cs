using System.Diagnostics;
using Jobs.Messages;

namespace Jobs.Telemetry;

/// <summary>The spans of a job: a producer span where it is enqueued, a consumer span linked to it for each run.</summary>
internal static class JobSpans
{
    /// <summary>Starts the span of an enqueue; null without a listener.</summary>
    public static Activity? StartEnqueue(string job, string queue, string system) =>
        JobsTelemetry.Activities.HasListeners() ? Start(job, queue, system) : null;

    /// <summary>Starts the span of a run; null without a listener. The caller ends it with <see cref="EndRun"/>.</summary>
    public static Activity? StartRun(JobMessage message, string queue, string system)
    {
        if (!JobsTelemetry.Activities.HasListeners())
        {
            return null;
        }

        // A link, not a parent: a job may run hours after the request that enqueued it, and many times.
        ActivityLink[] links = ActivityContext.TryParse(message.Attributes.TraceParent, message.Attributes.TraceState, isRemote: true, out var producer)
            ? [new ActivityLink(producer)]
            : [];
        var span = JobsTelemetry.Activities.CreateActivity($"process {queue}", ActivityKind.Consumer, parentContext: default, links: links);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, message.Name, queue, system, "process", "process");
            span.SetTag(Tags.MessageId, message.Id.ToString());
            span.SetTag(Tags.Attempt, message.State.Attempt);
            if (message.Attributes.CorrelationId is { } correlation)
            {
                span.SetTag(Tags.ConversationId, correlation);
            }
        }

        return span?.Start();
    }

    /// <summary>Ends the span of a run, from wherever it becomes known how the run ended.</summary>
    public static void EndRun(Activity span, string outcome, Exception? error)
    {
        span.SetTag(Tags.Outcome, outcome);
        if (error is not null)
        {
            Fail(span, error);
        }

        // Stopping a span makes the one around it the current one, which is right only where the span itself was.
        var current = Activity.Current;
        span.Dispose();
        if (!ReferenceEquals(current, span))
        {
            Activity.Current = current;
        }
    }

    /// <summary>Marks a span as failed.</summary>
    public static void Fail(Activity span, Exception error)
    {
        span.SetTag(Tags.ErrorType, error.GetType().FullName);
        span.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    private static Activity? Start(string job, string queue, string system)
    {
        var span = JobsTelemetry.Activities.StartActivity($"send {queue}", ActivityKind.Producer);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, job, queue, system, "send", "send");
        }

        return span;
    }

    private static void Describe(Activity span, string job, string queue, string system, string operation, string type)
    {
        span.SetTag(Tags.System, system);
        span.SetTag(Tags.Destination, queue);
        span.SetTag(Tags.Operation, operation);
        span.SetTag(Tags.OperationType, type);
        span.SetTag(Tags.JobName, job);
    }
}
