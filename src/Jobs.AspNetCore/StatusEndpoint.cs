using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary><c>GET /{id}</c>: where a job stands, and when to ask again.</summary>
internal sealed class StatusEndpoint(JobAccess jobs, JobEndpointOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (await jobs.FindAsync(context).ConfigureAwait(false) is not { } status)
        {
            return;
        }

        if (!status.HasEnded)
        {
            Problem.RetryAfter(context, options.PollInterval);
        }

        var path = JobPath.Of(context, status.Id, segments: 1);
        await Json.WriteAsync(context, StatusCodes.Status200OK, "application/json", writer => StatusJson.Write(writer, status, path)).ConfigureAwait(false);
    }
}
