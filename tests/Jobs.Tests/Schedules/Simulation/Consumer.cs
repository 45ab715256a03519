using Jobs.Brokers;
using Jobs.Hosting;
using Jobs.Memory;
using Jobs.Schedules;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Schedules.Simulation;

/// <summary>Runs whatever arrives, in no time, as a worker does: a copy of what has run is dropped, and counted.</summary>
internal sealed class Consumer(MemoryBroker broker, MemoryStore store, JobsTelemetry telemetry, TimeProvider time)
{
    private readonly ScheduledRuns _runs = new(new OptionalStore(store), telemetry, time, new GuardedLogger<ScheduledRuns>(NullLogger<ScheduledRuns>.Instance, telemetry));
    private readonly JobDelivery[] _buffer = new JobDelivery[100];
    private IJobReceiver? _receiver;

    /// <summary>The ticks that took effect, by schedule, and how often each did.</summary>
    public Dictionary<(string Schedule, DateTimeOffset Tick), int> Runs { get; } = [];

    /// <summary>When each took effect.</summary>
    public Dictionary<(string Schedule, DateTimeOffset Tick), DateTimeOffset> At { get; } = [];

    public int Duplicates { get; private set; }

    public async Task DrainAsync()
    {
        _receiver ??= await broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = TimeSpan.FromDays(1), Worker = "consumer" }, CancellationToken.None);
        while (await _receiver.ReceiveAsync(_buffer, wait: false, CancellationToken.None) is > 0 and var count)
        {
            for (var i = 0; i < count; i++)
            {
                await RunAsync(_buffer[i]);
            }
        }
    }

    private async Task RunAsync(JobDelivery delivery)
    {
        var message = delivery.Message!;
        var run = (message.Attributes.Schedule!, message.Attributes.Tick!.Value);
        if (await _runs.BeginAsync(message.Id, CancellationToken.None) is { } tick)
        {
            Runs[run] = Runs.GetValueOrDefault(run) + 1;
            At[run] = time.GetUtcNow();
            await _runs.CompleteAsync(message.Id);
            await tick.DisposeAsync();
        }
        else
        {
            Duplicates++;
        }

        await _receiver!.SettleAsync(new[] { new Settlement { Delivery = delivery, Kind = SettleKind.Complete } }, new SettleResult[1], CancellationToken.None);
    }
}
