using Microsoft.Extensions.Logging;

namespace Jobs.AspNetCore;

/// <summary>The log messages of endpoints; event ids 11xxx.</summary>
internal static partial class Log
{
    [LoggerMessage(11001, LogLevel.Error, "The endpoints of {Method} answer 403, for nothing says who may use them: call .RequireAuthorization(\"policy\") on what {Method} returns, or .AllowAnonymous() if everybody may.")]
    public static partial void EndpointsClosed(ILogger logger, string method);
}
