using Jobs.Brokers;
using Jobs.Catalog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore;

/// <summary><c>POST /{id}/retry</c>: sends a dead letter back to its queue.</summary>
internal static class RetryEndpoint
{
    public static async Task InvokeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<IJobBroker>() is not IDeadLetterQueue)
        {
            await Problem.WriteAsync(context, StatusCodes.Status501NotImplemented, "The broker does not give its dead letters back.").ConfigureAwait(false);
            return;
        }

        if (JobPath.TryGetId(context, out var id))
        {
            // Not the broker's own: unique keys are taken again first.
            var letters = services.GetRequiredService<IDeadLetterQueue>();

            // A dead letter outlives the status of its job, and does not say which queue it is in.
            foreach (var queue in services.GetRequiredService<QueueCatalog>().All)
            {
                var status = await letters.ReplayDeadLetterAsync(queue.Name, id.ToString(), context.RequestAborted).ConfigureAwait(false);
                if (status != ReplayStatus.NotFound)
                {
                    await AnswerAsync(context, id, status).ConfigureAwait(false);
                    return;
                }
            }
        }

        await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "There is no dead letter of this job.").ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, JobId id, ReplayStatus status)
    {
        if (status == ReplayStatus.Replayed)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Json.WriteAsync(context, StatusCodes.Status202Accepted, "application/json", writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, id.ToString());
                writer.WriteEndObject();
            });
        }

        return Problem.WriteAsync(context, StatusCodes.Status409Conflict, $"The dead letter was not sent back: {status}.");
    }
}
