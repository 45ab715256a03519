using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Leasing;
using Jobs.Retrying;
using Jobs.Running;
using Jobs.Settling;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Running;

/// <summary>Gate, runner, keeper and settler around stub receivers and a clock that stands still: a worker without pumps.</summary>
internal sealed class RunBench
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public RunBench(int concurrency = 1, bool strict = false, params IEnumerable<QueueSettings> queues)
        : this(NullLogger.Instance, concurrency, strict, queues)
    {
    }

    public RunBench(ILogger logger, int concurrency = 1, bool strict = false, params IEnumerable<QueueSettings> queues)
    {
        queues = queues.DefaultIfEmpty(Queue("default"));
        Lanes = [.. queues.Select(queue => new QueueLane(queue, queue.Concurrency, maxPrefetch: 100))];
        Gate = new FairGate(Lanes, concurrency, strict);
        var telemetry = new JobsTelemetry();
        logger = new GuardedLogger(logger, telemetry);
        Policy = new FailurePolicy(Clock, "worker", Random.Shared);
        var reporter = new OutcomeReporter(telemetry, [FailureHandler], null, TimeSpan.FromMinutes(10), Pending, Clock, logger);
        var services = new ServiceCollection().BuildServiceProvider();
        Runner = new JobRunner(
            Gate,
            new Admission(Clock, Policy, TimeSpan.FromMinutes(10)),
            new HandlerInvoker(services, [], telemetry, logger, "test", keepsResults: false),
            Policy,
            reporter,
            Clock);
        Keeper = new LeaseKeeper(Lanes, Gate, Runner, static tokens => tokens.Cancel(), telemetry, Clock, logger);
        foreach (var lane in Lanes)
        {
            lane.Receiver = new StubReceiver();
            lane.Runner = Runner;
            lane.Settler = new Settler(lane, Runner, CancellationToken.None);
            lane.StoringSettler = new Settler(lane, Runner, CancellationToken.None);
            lane.DeadLetterSettler = new Settler(lane, Runner, CancellationToken.None);
        }
    }

    public FakeTimeProvider Clock { get; } = new();

    public QueueLane[] Lanes { get; }

    public QueueLane Lane => Lanes[0];

    public StubReceiver Receiver => (StubReceiver)Lane.Receiver!;

    public FairGate Gate { get; }

    public FailurePolicy Policy { get; }

    public JobRunner Runner { get; }

    public LeaseKeeper Keeper { get; }

    public PendingTasks Pending { get; } = new(null);

    public RecordingFailureHandler FailureHandler { get; } = new();

    public static QueueSettings Queue(string name, int weight = 1, int concurrency = 1_000) => new()
    {
        Name = name,
        Weight = weight,
        Concurrency = concurrency,
        Lease = Lease,
        MaxLength = null,
        WhenFull = QueueFullMode.Reject,
        Priorities = [JobPriority.Normal],
        IsConsumed = true,
    };

    /// <summary>What a pump does with a delivery before it offers it.</summary>
    public JobRun Accept(JobRegistration? job, JobDelivery? delivery = null, QueueLane? lane = null)
    {
        lane ??= Lane;
        delivery ??= new TestDelivery(TestJobs.Message(), queue: lane.Name);
        var runs = new JobRun[1];
        Gate.Rent(lane, runs);
        var now = Clock.GetTimestamp();
        runs[0].Assign(delivery, job, now, now + Lease.Ticks, now + (Lease.Ticks / 3));
        runs[0].IsExclusive = delivery.Message?.State.CrashesAfter(delivery.Deliveries) >= 2;
        return runs[0];
    }

    public JobRun Offer(JobRegistration? job, JobDelivery? delivery = null, QueueLane? lane = null)
    {
        var run = Accept(job, delivery, lane);
        Gate.Offer(lane ?? Lane, [run]);
        return run;
    }

    /// <summary>Offers runs of many lanes before the first can start.</summary>
    public void OfferAll(params IEnumerable<(QueueLane Lane, JobRegistration Job, int Count)> work)
    {
        foreach (var (lane, job, count) in work)
        {
            Gate.Offer(lane, [.. Enumerable.Range(0, count).Select(i => Accept(job, new TestDelivery(TestJobs.Message(i), queue: lane.Name), lane))]);
        }
    }

    /// <summary>Moves the clock and lets the keeper look.</summary>
    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        Keeper.Tick();
    }

    /// <summary>Ends when nothing is in hand, and all that follows a dead letter is done.</summary>
    public async Task WhenDoneAsync()
    {
        await Soon(Gate.WhenIdleAsync());
        await Soon(Gate.WhenSettledAsync());
        await Soon(Pending.WhenNoneAsync());
    }

    /// <summary>Fails instead of waiting for ever.</summary>
    public static Task Soon(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    internal sealed class RecordingFailureHandler : IJobFailureHandler
    {
        public ConcurrentQueue<JobFailureContext> Deaths { get; } = new();

        public Action<JobFailureContext>? OnDeath { get; set; }

        public ValueTask OnDeadLetteredAsync(JobFailureContext context, CancellationToken cancellationToken)
        {
            Deaths.Enqueue(context);
            OnDeath?.Invoke(context);
            return default;
        }
    }
}
