using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary><c>GET /{id}</c>: where a job stands, and when to ask again.</summary>
internal sealed class StatusEndpoint(JobEndpointOptions options)
{
    public Task InvokeAsync(HttpContext context, JobStatus status)
    {
        if (!status.HasEnded)
        {
            Problem.RetryAfter(context, options.PollInterval);
        }

        var path = JobPath.Of(context, status.Id, segments: 1);
        return Json.WriteAsync(context, StatusCodes.Status200OK, "application/json", writer => StatusJson.Write(writer, status, path));
    }
}
