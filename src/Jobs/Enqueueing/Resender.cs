using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Enqueueing;

/// <summary>Sends messages again whose answer was lost, as long as the broker recognises their ids. Safe for concurrent use.</summary>
internal sealed class Resender(IJobSender sender, IJobBroker broker, TimeProvider time, ILogger logger)
{
    private const int MaxResends = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Replaces each unknown result by a better one, if there is one to be had.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="results">What became of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="started">When they were sent: the broker's window began no earlier.</param>
    /// <param name="cancellationToken">Ends the wait between two tries.</param>
    /// <param name="send">Sends the messages of some places; null: as plain messages.</param>
    public async ValueTask ResendAsync(
        JobMessage[] messages, SendResult[] results, int count, long started, CancellationToken cancellationToken, Func<int[], SendResult[], ValueTask>? send = null)
    {
        for (var resend = 0; resend < MaxResends; resend++)
        {
            var unknown = Places.Of(SendStatus.Unknown, results.AsSpan(0, count));
            var delay = FirstDelay * (1 << resend) * (0.5 + Random.Shared.NextDouble());
            if (unknown.Length == 0 || cancellationToken.IsCancellationRequested || time.GetElapsedTime(started) + delay >= broker.Features.DedupeWindow)
            {
                return;
            }

            foreach (var i in unknown)
            {
                messages[i].MayRepeat = true;
                Log.EnqueueUnknown(logger, messages[i].Name, messages[i].Id, delay);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            var again = new SendResult[unknown.Length];
            if (send is null)
            {
                await SendAsync(messages, unknown, again, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await send(unknown, again).ConfigureAwait(false);
            }

            for (var i = 0; i < again.Length; i++)
            {
                results[unknown[i]] = again[i];
            }
        }
    }

    private ValueTask SendAsync(JobMessage[] messages, int[] places, SendResult[] results, CancellationToken cancellationToken) =>
        sender.SendAsync(Array.ConvertAll(places, i => messages[i]), results, cancellationToken);
}
