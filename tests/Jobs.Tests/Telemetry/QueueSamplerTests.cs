using System.Diagnostics.Metrics;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Memory;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Telemetry;

/// <summary>Run alone: a listener is one for the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class QueueSamplerTests
{
    [Fact]
    public async Task The_depth_of_consumed_queues_is_published_while_someone_listens()
    {
        var time = new FakeTimeProvider();
        await using var broker = new MemoryBroker(time);
        using var telemetry = new JobsTelemetry();
        using var sampler = new QueueSampler(broker, new QueueCatalog("test", [Queue("read", isConsumed: true), Queue("sent", isConsumed: false)]), telemetry, time, new GuardedLogger<QueueSampler>(NullLogger<QueueSampler>.Instance, telemetry));
        var sampled = new TaskCompletionSource<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == JobsTelemetry.Name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "jobs.queue.depth")
            {
                sampled.TrySetResult($"{tags[0].Value}: {value}");
            }
        });
        listener.Start();
        broker.SendRaw("read", "no job"u8.ToArray());

        await sampler.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("read: 1", await sampled.Task.WaitAsync(TestContext.Current.CancellationToken));

        sampled = new TaskCompletionSource<string>();
        broker.SendRaw("read", "nor this"u8.ToArray());
        time.Advance(QueueSampler.Period);
        Assert.Equal("read: 2", await sampled.Task.WaitAsync(TestContext.Current.CancellationToken));
        await sampler.StopAsync(TestContext.Current.CancellationToken);
    }

    private static QueueSettings Queue(string name, bool isConsumed) => new()
    {
        Name = name,
        Weight = 1,
        Concurrency = 1,
        Lease = TimeSpan.FromSeconds(30),
        MaxLength = null,
        WhenFull = QueueFullMode.Reject,
        Priorities = [JobPriority.Normal],
        IsConsumed = isConsumed,
    };
}
