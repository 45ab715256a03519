using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary><c>GET /{id}/result</c>: the result as it is stored.</summary>
internal sealed class ResultEndpoint(JobEndpointOptions options)
{
    public async Task InvokeAsync(HttpContext context, JobStatus status)
    {
        if (!status.HasEnded)
        {
            Problem.RetryAfter(context, options.PollInterval);
            await Problem.WriteAsync(context, StatusCodes.Status409Conflict, "The job has not ended.", ("state", StatusJson.NameOf(status.State))).ConfigureAwait(false);
        }
        else if (status.Result.IsEmpty)
        {
            var detail = status.State == JobState.Succeeded ? "The job has no result, or it is not kept any more." : "The job did not succeed, so it has no result.";
            await Problem.WriteAsync(context, StatusCodes.Status410Gone, detail, ("state", StatusJson.NameOf(status.State))).ConfigureAwait(false);
        }
        else
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = status.Result.Length;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.BodyWriter.WriteAsync(status.Result, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
