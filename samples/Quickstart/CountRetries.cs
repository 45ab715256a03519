using Jobs;

namespace Quickstart;

/// <summary>Middleware: counts the runs that are not the first of their job.</summary>
public sealed class CountRetries(RunProgress progress) : IJobMiddleware
{
    public ValueTask InvokeAsync(JobContext context, JobDelegate next)
    {
        if (context.Attempt > 1)
        {
            progress.Retried();
        }

        return next(context);
    }
}
