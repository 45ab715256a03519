using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.AspNetCore;

/// <summary><c>GET /{id}/events</c>: the status whenever it changes, as server-sent events, until the job has ended.</summary>
/// <remarks>Each event holds the whole status, so one who connects again, with whatever Last-Event-ID, misses nothing. The watch ends with the connection, and
/// when the host stops.</remarks>
internal sealed class EventsEndpoint(JobAccess jobs, JobEndpointOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!JobPath.TryGetId(context, out var id))
        {
            await Problem.NotFoundAsync(context).ConfigureAwait(false);
            return;
        }

        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var watch = context.RequestServices.GetRequiredService<IJobMonitor>().WatchAsync(id, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = watch.MoveNextAsync().AsTask();
        try
        {
            var time = context.RequestServices.GetRequiredService<TimeProvider>();
            if (await next.WaitAsync(JobAccess.StorePatience, time, stop.Token).ConfigureAwait(false) && watch.Current is { } first && await jobs.IsVisibleAsync(context, first).ConfigureAwait(false))
            {
                Start(context.Response);
                await SendAsync(context, first, 1, stop.Token).ConfigureAwait(false);
                for (var number = 2; !watch.Current!.HasEnded; number++)
                {
                    next = watch.MoveNextAsync().AsTask();
                    await KeepAliveAsync(context, next, stop.Token).ConfigureAwait(false);
                    if (!await next.ConfigureAwait(false) || watch.Current is not { } status)
                    {
                        // Nothing is known of it any more.
                        return;
                    }

                    await SendAsync(context, status, number, stop.Token).ConfigureAwait(false);
                }
            }
            else
            {
                await Problem.NotFoundAsync(context).ConfigureAwait(false);
            }
        }
        catch (TimeoutException) when (!next.IsCompleted && !context.Response.HasStarted)
        {
            await Problem.StoreAwayAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has gone, or the host stops: the client connects again, elsewhere.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watch.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Start(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";

        // nginx gathers what it forwards, unless told.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task KeepAliveAsync(HttpContext context, Task<bool> next, CancellationToken cancellationToken)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        while (!next.IsCompleted)
        {
            using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var isIdle = await Task.WhenAny(next, Task.Delay(options.Heartbeat, time, beat.Token)).ConfigureAwait(false) != next;
            await beat.CancelAsync().ConfigureAwait(false);
            if (isIdle)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await context.Response.BodyWriter.WriteAsync(":\n\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task SendAsync(HttpContext context, JobStatus status, int number, CancellationToken cancellationToken)
    {
        // What is watched has no result with it; of a job that has succeeded the status says whether there is one.
        if (status.State == JobState.Succeeded)
        {
            status = await context.RequestServices.GetRequiredService<IJobMonitor>().GetAsync(status.Id, cancellationToken).ConfigureAwait(false) ?? status;
        }

        var body = context.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: status\nid: {number}\ndata: ")));
        await using (var writer = new Utf8JsonWriter(body))
        {
            StatusJson.Write(writer, status, JobPath.Of(context, status.Id, segments: 2));
        }

        body.Write("\n\n"u8);
        await body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
