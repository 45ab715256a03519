using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary>Ids of jobs in paths.</summary>
internal static class JobPath
{
    /// <summary>The id that a request's path names.</summary>
    public static bool TryGetId(HttpContext context, out JobId id)
    {
        // Routing leaves this one as it is, for it would be another path; ids of child jobs have it.
        var text = (context.Request.RouteValues["id"] as string)?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return JobId.TryParse(text, out id);
    }

    /// <summary>The path of a job below the endpoints that a request is for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The job.</param>
    /// <param name="segments">How many segments the request's path has below the endpoints' prefix.</param>
    public static string Of(HttpContext context, JobId id, int segments)
    {
        var path = context.Request.PathBase.Add(context.Request.Path).ToUriComponent().TrimEnd('/');
        for (; segments > 0; segments--)
        {
            path = path[..path.LastIndexOf('/')];
        }

        return Of(path, id);
    }

    /// <summary>The path of a job below a prefix.</summary>
    public static string Of(string prefix, JobId id) => $"{prefix.TrimEnd('/')}/{Uri.EscapeDataString(id.ToString())}";
}
