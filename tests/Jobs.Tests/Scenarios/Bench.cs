using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Memory;
using Jobs.Testing;

namespace Jobs.Tests.Scenarios;

/// <summary>A broker, a clock that stands still, and as many processes as a scenario needs.</summary>
/// <remarks>Handlers that hang do so on <see cref="Released"/>, which ends with the test.</remarks>
internal sealed class Bench : IAsyncDisposable
{
    public const string Queue = "default";
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly List<Node> _nodes = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Bench(MemoryBrokerOptions? options = null, TimeProvider? time = null)
    {
        Time = time ?? Clock;
        Broker = new MemoryBroker(Time, options);
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>The clock of brokers and nodes.</summary>
    public TimeProvider Time { get; }

    public MemoryBroker Broker { get; }

    public Changes Changes { get; } = new();

    public RecordingLogs Logs { get; } = new();

    /// <summary>Every call of a handler, in order.</summary>
    public IReadOnlyList<Call> Calls => [.. _calls];

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Every settlement that any node was told to have worked, in the order of nodes.</summary>
    public IEnumerable<Settled> Settled => _nodes.SelectMany(node => node.Probe.Settled).Where(settled => settled.Result == SettleResult.Ok);

    /// <summary>Ends when the test does.</summary>
    public Task Released => _released.Task;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a process.</summary>
    public async Task<Node> StartAsync(Action<NodeBuilder> jobs)
    {
        var node = new Node(this, jobs);
        _nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    public void Note(Call call)
    {
        _calls.Enqueue(call);
        Changes.Raise();
    }

    public ValueTask<JobHandle> EnqueueAsync<TArgs>(TArgs args, EnqueueOptions? options = null)
        where TArgs : IJobArgs<TArgs> => _nodes[0].Client.EnqueueAsync(args, options, Token);

    /// <summary>Waits until something is true, at the present time of the clock.</summary>
    public async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var patience = Task.Delay(Patience, Token);
        while (true)
        {
            var next = Changes.Next;
            if (condition())
            {
                return;
            }

            // Some of what tests ask for changes without a word, so they look again after a moment as well.
            var moment = Task.Delay(2, Token);
            if (await Task.WhenAny(next, moment, patience) == patience)
            {
                throw new TimeoutException($"Never true: {what}. Calls: {_calls.Count}; settled: {string.Join(", ", _nodes.SelectMany(node => node.Probe.Settled).TakeLast(10))}.");
            }
        }
    }

    /// <summary>Moves the clock on, step by step, until something is true.</summary>
    public async Task DriveUntilAsync(Func<bool> condition, TimeSpan step, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > Patience)
            {
                throw new TimeoutException($"Never true: {what}. The clock shows {Clock.GetUtcNow():O}.");
            }

            Clock.Advance(step);
            await Task.Delay(1, Token);
        }
    }

    /// <summary>Moves the clock on until a task has ended.</summary>
    public async Task DriveAsync(Task task)
    {
        await DriveUntilAsync(() => task.IsCompleted, TimeSpan.FromMilliseconds(250));
        await task;
    }

    /// <summary>Waits until nothing is in hand of a living node, and nothing waits that could be.</summary>
    public async Task QuietAsync()
    {
        await UntilAsync(() => _nodes.Where(node => !node.Probe.IsCut && !node.IsStopped).All(node => node.Gate.InHand == 0) && Depth() is { Waiting: 0, InFlight: 0 });
    }

    public QueueDepth Depth(string queue = Queue) => Broker.GetDepthAsync(queue, Token).AsTask().GetAwaiter().GetResult();

    public IReadOnlyList<DeadLetter> DeadLetters(string queue = Queue) =>
        Broker.GetDeadLettersAsync(queue, null, 1_000, Token).AsTask().GetAwaiter().GetResult().Items;

    public async ValueTask DisposeAsync()
    {
        _released.TrySetResult();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Broker.DisposeAsync();
    }
}
