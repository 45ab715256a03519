using Jobs.Brokers;
using Jobs.Enqueueing;
using Jobs.Messages;
using Jobs.Telemetry;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Enqueueing;

/// <summary>Run alone: a listener of another test would make every enqueue of the process have a span.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public async Task An_enqueue_allocates_nothing()
    {
        var broker = new AcceptingBroker();
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(NumberArgs.Definition).AddBroker("accepting", _ => broker), new() { ["Jobs:Broker"] = "accepting" });
        var client = host.Client;
        Enqueue(client, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Enqueue(client, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Enqueue(IJobClient client, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var sending = client.EnqueueAsync(new NumberArgs(i));
                Assert.True(sending.IsCompletedSuccessfully);
                sending.GetAwaiter().GetResult();
            }
        }
    }

    [Fact]
    public void Making_ids_allocates_nothing()
    {
        var generator = new JobIdGenerator(TimeProvider.System);
        generator.Next();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            generator.Next();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Without_a_listener_nothing_is_allocated()
    {
        using var telemetry = new JobsTelemetry();
        Measure(telemetry);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(telemetry);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Measure(JobsTelemetry telemetry)
        {
            telemetry.Enqueued("j", "q");
            telemetry.Processed("j", "q", Outcomes.Succeeded, TimeSpan.FromSeconds(2));
            telemetry.Started("j", "q", TimeSpan.FromSeconds(0.5));
            telemetry.Retried("j", "q");
            telemetry.DeadLettered("j", "q", "poison");
        }
    }

    /// <summary>Accepts at once, and gives each message back to its pool as a broker does.</summary>
    private sealed class AcceptingBroker : IJobBroker
    {
        public string Name => "accepting";

        public BrokerFeatures Features { get; } = new() { MaxDocumentBytes = 1 };

        public BrokerHealth Health { get; } = new(BrokerStatus.Connected, default);

        public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
        {
            messages.Span[0].Release();
            results.Span[0] = SendResult.Accepted;
            return default;
        }

        public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) => default;

        public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => default;
    }
}
