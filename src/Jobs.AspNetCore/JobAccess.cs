using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore;

/// <summary>Gives callers the jobs that they may see.</summary>
internal sealed class JobAccess(JobEndpointOptions options)
{
    /// <summary>How long a request waits for the store.</summary>
    public static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(10);

    /// <summary>An endpoint for the job that a request's path names; for one that the caller may not see, as for none, it answers 404.</summary>
    public RequestDelegate For(Func<HttpContext, JobStatus, Task> endpoint) => context => InvokeAsync(context, endpoint);

    public ValueTask<bool> IsVisibleAsync(HttpContext context, JobStatus status) => options.CanAccess is { } canAccess ? canAccess(context, status) : new(true);

    private async Task InvokeAsync(HttpContext context, Func<HttpContext, JobStatus, Task> endpoint)
    {
        // A store that is away is waited for as long as the token lets it, and requests must not gather here meanwhile.
        using var late = new CancellationTokenSource(StorePatience, context.RequestServices.GetRequiredService<TimeProvider>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, late.Token);
        JobStatus? status = null;
        try
        {
            if (JobPath.TryGetId(context, out var id))
            {
                status = await context.RequestServices.GetRequiredService<IJobMonitor>().GetAsync(id, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await Problem.StoreAwayAsync(context).ConfigureAwait(false);
            return;
        }

        var isVisible = status is not null && await IsVisibleAsync(context, status).ConfigureAwait(false);
        await (isVisible ? endpoint(context, status!) : Problem.NotFoundAsync(context)).ConfigureAwait(false);
    }
}
