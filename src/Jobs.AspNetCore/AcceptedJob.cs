using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Jobs.AspNetCore;

/// <summary>The answer of an endpoint of yours that has enqueued a job: 202, <c>Location</c> of its status, and <c>{"id":"…"}</c>.</summary>
public sealed class AcceptedJob : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private readonly string _prefix;

    /// <summary>Makes an answer.</summary>
    /// <param name="handle">The job; one with a result converts.</param>
    /// <param name="prefix">The prefix given to <see cref="JobEndpointRouteBuilderExtensions.MapJobs"/>.</param>
    public AcceptedJob(JobHandle handle, string prefix = "/jobs")
    {
        ArgumentNullException.ThrowIfNull(prefix);
        Id = handle.Id;
        _prefix = prefix;
    }

    /// <summary>The job.</summary>
    public JobId Id { get; }

    /// <inheritdoc/>
    public int? StatusCode => StatusCodes.Status202Accepted;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        return WriteAsync(httpContext, Id, JobPath.Of(httpContext.Request.PathBase.Add(_prefix).ToUriComponent(), Id));
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted));
    }

    /// <param name="context">The request.</param>
    /// <param name="id">The job.</param>
    /// <param name="path">Where its status is, if the endpoint knows.</param>
    internal static Task WriteAsync(HttpContext context, JobId id, string? path)
    {
        context.Response.Headers.Location = path;
        return Json.WriteAsync(context, StatusCodes.Status202Accepted, "application/json", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id.ToString());
            writer.WriteEndObject();
        });
    }
}
