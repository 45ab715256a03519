using System.Buffers;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Enqueueing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore;

/// <summary><c>POST /{name}</c>: enqueues a job that is allowed. Its generated serializer reads the body, as a worker would.</summary>
internal sealed class EnqueueEndpoint(Dictionary<string, JobRegistration> allowed)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly byte[] NoArgs = "{}"u8.ToArray();

    public async Task InvokeAsync(HttpContext context)
    {
        if (!allowed.TryGetValue(context.Request.RouteValues["name"] as string ?? "", out var job))
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "There is no job of this name that may be enqueued here.").ConfigureAwait(false);
            return;
        }

        if (!TryGetKey(context.Request, out var id))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The header Idempotency-Key holds no id: 1 to 256 characters of text, once.").ConfigureAwait(false);
            return;
        }

        var limit = context.RequestServices.GetRequiredService<IJobBroker>().Features.MaxDocumentBytes;
        if (await ReadAsync(context, limit).ConfigureAwait(false) is not { } args)
        {
            await Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"A job takes at most {limit} bytes.").ConfigureAwait(false);
            return;
        }

        if (args.Length > 0 && !context.Request.HasJsonContentType())
        {
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "The arguments of a job are JSON: Content-Type is application/json.").ConfigureAwait(false);
            return;
        }

        await EnqueueAsync(context, job, args.Length == 0 ? NoArgs : args, id).ConfigureAwait(false);
    }

    private static async Task EnqueueAsync(HttpContext context, JobRegistration job, byte[] args, JobId? id)
    {
        try
        {
            var client = context.RequestServices.GetRequiredService<JobClient>();
            var handle = await client.EnqueueAsync(job, args, id is null ? null : new EnqueueOptions { Id = id }, context.RequestAborted).ConfigureAwait(false);
            await AcceptedJob.WriteAsync(context, handle.Id, JobPath.Of(context, handle.Id, segments: 1)).ConfigureAwait(false);
        }
        catch (JobPayloadException error)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error.Problem, error.Member is { } member ? ("member", member) : null).ConfigureAwait(false);
        }
        catch (JobKeyConflictException error)
        {
            await Problem.WriteAsync(context, StatusCodes.Status409Conflict, "Another job of the same key has not ended yet.", ("id", error.ExistingId.ToString())).ConfigureAwait(false);
        }
        catch (JobEnqueueException error) when (error.Status == SendStatus.TooLarge)
        {
            await Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "The job is larger than its broker takes.").ConfigureAwait(false);
        }
        catch (JobEnqueueException error)
        {
            Problem.RetryAfter(context, RetryAfter);
            var (detail, known) = error.Status switch
            {
                SendStatus.QueueFull => ("The queue is full.", false),
                SendStatus.Unknown => ("Nobody knows whether the job was accepted. Send it again with the header Idempotency-Key set to this id.", true),
                _ => ("The job was not accepted.", false),
            };
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, detail, known ? ("id", error.Id.ToString()) : null).ConfigureAwait(false);
        }
    }

    // As a structured string it may stand in quotes.
    private static bool TryGetKey(HttpRequest request, out JobId? id)
    {
        id = null;
        var values = request.Headers["Idempotency-Key"];
        if (values.Count == 0)
        {
            return true;
        }

        var text = values.Count == 1 ? values[0]!.Trim() : "";
        text = text is ['"', .. var quoted, '"'] ? quoted : text;
        if (!JobId.TryParse(text, out var key))
        {
            return false;
        }

        id = key;
        return true;
    }

    private static async ValueTask<byte[]?> ReadAsync(HttpContext context, long limit)
    {
        if (context.Request.ContentLength > limit)
        {
            return null;
        }

        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (read.Buffer.Length > limit)
            {
                body.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
