using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.AspNetCore;

/// <summary>Keeps endpoints closed of which nobody has said who may use them. Whether a caller satisfies what was said is the authorization middleware's to decide.</summary>
internal sealed class AuthorizationGate(string method, ILogger logger)
{
    private int _isTold;

    public RequestDelegate Guard(RequestDelegate endpoint) => context => IsOpen(context) ? endpoint(context) : RefuseAsync(context);

    private static bool IsOpen(HttpContext context) => context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<IAuthorizeData>() is not null
            || metadata.GetMetadata<AuthorizationPolicy>() is not null
            || metadata.GetMetadata<IAuthorizationRequirementData>() is not null
            || metadata.GetMetadata<IAllowAnonymous>() is not null);

    private Task RefuseAsync(HttpContext context)
    {
        if (Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            Log.EndpointsClosed(logger, method);
        }

        return Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "These endpoints are closed.");
    }
}
