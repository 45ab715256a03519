using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary>Writes answers as JSON, without a serializer: there is nothing here to be trimmed away.</summary>
internal static class Json
{
    public static async Task WriteAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
        await using (var writer = new Utf8JsonWriter(response.BodyWriter))
        {
            write(writer);
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
