using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore;

/// <summary>Gives callers the jobs that they may see.</summary>
internal sealed class JobAccess(JobEndpointOptions options)
{
    /// <summary>An endpoint for the job that a request's path names; for one that the caller may not see, as for none, it answers 404.</summary>
    public RequestDelegate For(Func<HttpContext, JobStatus, Task> endpoint) => context => InvokeAsync(context, endpoint);

    public ValueTask<bool> IsVisibleAsync(HttpContext context, JobStatus status) => options.CanAccess is { } canAccess ? canAccess(context, status) : new(true);

    private async Task InvokeAsync(HttpContext context, Func<HttpContext, JobStatus, Task> endpoint)
    {
        var status = JobPath.TryGetId(context, out var id)
            ? await context.RequestServices.GetRequiredService<IJobMonitor>().GetAsync(id, context.RequestAborted).ConfigureAwait(false)
            : null;
        var isVisible = status is not null && await IsVisibleAsync(context, status).ConfigureAwait(false);
        await (isVisible ? endpoint(context, status!) : Problem.NotFoundAsync(context)).ConfigureAwait(false);
    }
}
