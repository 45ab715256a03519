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
        // What a broker can do is found by asking the broker; the service would throw.
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

    // Clients have other endpoints, so where the status is cannot be said here.
    private static Task AnswerAsync(HttpContext context, JobId id, ReplayStatus status) => status == ReplayStatus.Replayed
        ? AcceptedJob.WriteAsync(context, id, path: null)
        : Problem.WriteAsync(context, StatusCodes.Status409Conflict, $"The dead letter was not sent back: {status}.");
}
