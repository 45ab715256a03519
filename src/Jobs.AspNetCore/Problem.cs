using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary>Writes problem details (RFC 9457).</summary>
internal static class Problem
{
    /// <param name="context">The request.</param>
    /// <param name="status">The status code.</param>
    /// <param name="detail">What is wrong, and what to do.</param>
    /// <param name="extension">A further member: its name and value.</param>
    public static Task WriteAsync(HttpContext context, int status, string detail, (string Name, string Value)? extension = null) =>
        Json.WriteAsync(context, status, "application/problem+json", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("title"u8, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status));
            writer.WriteNumber("status"u8, status);
            writer.WriteString("detail"u8, detail);
            if (extension is var (name, value))
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        });

    public static Task NotFoundAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status404NotFound, "There is no such job, or nothing is known of it any more.");

    public static Task StoreAwayAsync(HttpContext context)
    {
        RetryAfter(context, TimeSpan.FromSeconds(5));
        return WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "What is known of jobs cannot be read just now.");
    }

    /// <summary>Tells the client when to come again.</summary>
    public static void RetryAfter(HttpContext context, TimeSpan after) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
