using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore;

/// <summary>Finds the job that a request is for, if its caller may see it.</summary>
internal sealed class JobAccess(JobEndpointOptions options)
{
    /// <summary>The job, or null once the request was answered: there is no such job for this caller.</summary>
    public async ValueTask<JobStatus?> FindAsync(HttpContext context)
    {
        var status = JobPath.TryGetId(context, out var id)
            ? await context.RequestServices.GetRequiredService<IJobMonitor>().GetAsync(id, context.RequestAborted).ConfigureAwait(false)
            : null;
        if (status is not null && await IsVisibleAsync(context, status).ConfigureAwait(false))
        {
            return status;
        }

        await Problem.NotFoundAsync(context).ConfigureAwait(false);
        return null;
    }

    public ValueTask<bool> IsVisibleAsync(HttpContext context, JobStatus status) => options.CanAccess is { } canAccess ? canAccess(context, status) : new(true);
}
