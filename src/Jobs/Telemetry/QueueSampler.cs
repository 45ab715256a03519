using Jobs.Brokers;
using Jobs.Catalog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

/// <summary>Asks the broker every few seconds how full the consumed queues are, while someone listens to the gauges.</summary>
/// <remarks>The loop never dies; a broker that does not answer is logged and counted, and asked again at the next turn.</remarks>
internal sealed class QueueSampler(
    IJobBroker broker,
    QueueCatalog queues,
    JobsTelemetry telemetry,
    TimeProvider time,
    GuardedLogger<QueueSampler> logger) : BackgroundService
{
    /// <summary>How often the queues are looked at: on some brokers each look is a paid request.</summary>
    public static TimeSpan Period { get; } = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (broker is not IQueueAdmin admin)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                if (telemetry.SamplesQueues)
                {
                    await SampleAsync(admin, stoppingToken).ConfigureAwait(false);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async ValueTask SampleAsync(IQueueAdmin admin, CancellationToken stoppingToken)
    {
        foreach (var queue in queues.Consumed)
        {
            try
            {
                var depth = await admin.GetDepthAsync(queue.Name, stoppingToken).ConfigureAwait(false);
                long? dead = admin is IDeadLetterQueue deadLetters
                    ? await deadLetters.CountDeadLettersAsync(queue.Name, stoppingToken).ConfigureAwait(false)
                    : null;
                telemetry.QueueSampled(queue.Name, depth.Waiting + depth.Delayed, depth.OldestAge, dead);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                telemetry.ErrorSwallowed("sample");
                Log.SampleFailed(logger, error, queue.Name);
            }
        }
    }
}
