using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Messages;
using Jobs.Running;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Running;

/// <summary>What the pump asks of a receiver, and when.</summary>
public sealed class QueuePumpTests : IDisposable
{
    private const int Many = 256;

    private readonly List<string> _events = [];
    private readonly List<int> _rooms = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly JobRegistration _job = TestJobs.Job(static (_, _) => default);

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task After_a_large_receive_it_asks_for_more_before_it_takes_in_what_came()
    {
        var receiver = new Receiver(this, Many, 1);

        await RunAsync(receiver, new RunBench(concurrency: 1));

        Assert.Equal(["asked", "asked", "decoded", "decoded", "asked"], _events);
        Assert.Equal([1_000, 1_000 - Many], _rooms.Take(2));
    }

    [Fact]
    public async Task After_a_small_receive_it_takes_in_what_came_first()
    {
        var receiver = new Receiver(this, Many - 1, 1);

        await RunAsync(receiver, new RunBench(concurrency: 1));

        Assert.Equal(["asked", "decoded", "asked", "decoded", "asked"], _events);
    }

    [Fact]
    public async Task Without_room_for_another_large_receive_it_takes_in_what_came()
    {
        using var gated = new Gated();
        var receiver = new Receiver(this, Many);
        var bench = new RunBench(concurrency: 1, strict: false, RunBench.Queue("default", concurrency: (2 * Many) - 1));

        var running = RunAsync(receiver, bench, gated.Job);
        await gated.StartedAsync(1);
        await _stop.CancelAsync();
        await running;

        Assert.Equal(["asked", "decoded"], _events.Take(2));
        Assert.Equal(Many, bench.Lane.Occupied);
        gated.Open();
        await bench.WhenDoneAsync();
    }

    [Fact]
    public async Task What_it_asked_for_before_it_was_stopped_is_taken_in()
    {
        using var gated = new Gated();
        var receiver = new Receiver(this, Many, 3) { StopsAt = 2 };
        var bench = new RunBench(concurrency: 1);

        await RunAsync(receiver, bench, gated.Job);

        Assert.Equal(["asked", "asked", "decoded", "decoded"], _events);
        Assert.Equal(Many + 3, bench.Lane.Occupied);
        gated.Open();
        await bench.WhenDoneAsync();
    }

    // Until there is nothing left to receive.
    private async Task RunAsync(Receiver receiver, RunBench bench, JobRegistration? job = null)
    {
        bench.Lane.Receiver = receiver;
        var pump = new QueuePump(
            bench.Lane,
            new ReceiverOptions { Lease = RunBench.Lease, Worker = "test" },
            bench.Gate,
            null!,
            null!,
            new JobCatalog([job ?? _job]),
            new JobsTelemetry(),
            bench.Clock,
            NullLogger.Instance,
            observer: null);
        await RunBench.Soon(pump.RunAsync(_stop.Token));
        if (job is null)
        {
            await bench.WhenDoneAsync();
        }
    }

    /// <summary>Hands out as many as it is told to, then stops the pump.</summary>
    private sealed class Receiver(QueuePumpTests test, params int[] counts) : IJobReceiver
    {
        private int _asked;

        /// <summary>The question with which the pump is stopped; 0: the one after the last.</summary>
        public int StopsAt { get; init; }

        public ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
        {
            test._events.Add("asked");
            test._rooms.Add(buffer.Length);
            var number = _asked++;
            if (_asked == StopsAt)
            {
                test._stop.Cancel();
            }

            if (number == counts.Length)
            {
                test._stop.Cancel();
                return ValueTask.FromCanceled<int>(cancellationToken);
            }

            for (var i = 0; i < counts[number]; i++)
            {
                buffer.Span[i] = new Delivery(i == 0 ? test._events : null);
            }

            return new(counts[number]);
        }

        public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken) => default;

        public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results) => results.Fill(SettleResult.Ok);

        public ValueTask StopAsync(CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>Notes when its message is read first.</summary>
    private sealed class Delivery(List<string>? events) : JobDelivery
    {
        private JobMessage? _message;

        public override JobMessage? Message
        {
            get
            {
                if (_message is null)
                {
                    _message = TestJobs.Message();
                    events?.Add("decoded");
                }

                return _message;
            }
        }

        public override string Queue => "default";

        public override string BrokerMessageId => "1";
    }
}
