using Jobs;

namespace Quickstart;

/// <summary>The final-failure hook: keeps what failed for good for the summary.</summary>
public sealed class ReportDeadLetters(RunProgress progress) : IJobFailureHandler
{
    public ValueTask OnDeadLetteredAsync(JobFailureContext context, CancellationToken cancellationToken)
    {
        progress.DeadLettered(context.Name, $"{context.Reason}: {context.Error}");
        return default;
    }
}
