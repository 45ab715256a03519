using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore;

/// <summary><c>DELETE /{id}</c> and <c>POST /{id}/cancel</c>: asks every worker to cancel a job.</summary>
internal static class CancelEndpoint
{
    public static async Task InvokeAsync(HttpContext context, JobStatus status)
    {
        var client = context.RequestServices.GetRequiredService<IJobClient>();
        if (await client.CancelAsync(status.Id, context.RequestAborted).ConfigureAwait(false) == JobCancelStatus.AlreadyEnded)
        {
            await Problem.WriteAsync(context, StatusCodes.Status409Conflict, "The job has ended already.", ("state", StatusJson.NameOf(status.State))).ConfigureAwait(false);
            return;
        }

        var path = JobPath.Of(context, status.Id, segments: HttpMethods.IsDelete(context.Request.Method) ? 1 : 2);
        await AcceptedJob.WriteAsync(context, status.Id, path).ConfigureAwait(false);
    }
}
