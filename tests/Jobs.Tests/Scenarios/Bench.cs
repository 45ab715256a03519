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

    private const int MostTurns = 100;
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly List<Node> _nodes = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Bench(MemoryBrokerOptions? options = null, TimeProvider? time = null)
    {
        Time = time ?? Clock;
        Broker = new MemoryBroker(Time, options);
        Store = new MemoryStore(Time);
        Logs = new RecordingLogs(Changes);
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>The clock of brokers and nodes.</summary>
    public TimeProvider Time { get; }

    public bool IsOnRealTime => Time != Clock;

    public MemoryBroker Broker { get; }

    /// <summary>What all nodes share; the first that is disposed of closes it.</summary>
    public MemoryStore Store { get; }

    public Changes Changes { get; } = new();

    public RecordingLogs Logs { get; }

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
    public Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => UntilAsync(condition, step: null, what);

    /// <summary>Waits until nothing happens any more at the present time of the clock.</summary>
    public Task RestAsync() => UntilAsync(IsAtRest);

    /// <summary>Moves the clock on, once all is at rest.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        await RestAsync();
        Clock.Advance(span);
    }

    /// <summary>Moves the clock on, step by step, until something is true. Before each step all that the last one set off has come to rest.</summary>
    public Task DriveUntilAsync(Func<bool> condition, TimeSpan step, [CallerArgumentExpression(nameof(condition))] string what = "") => UntilAsync(condition, step, what);

    /// <summary>Moves the clock on until a node has stopped.</summary>
    public async Task DriveAsync(Task stopping)
    {
        _ = stopping.ContinueWith(_ => Changes.Raise(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await DriveUntilAsync(() => stopping.IsCompleted, TimeSpan.FromMilliseconds(250));
        await stopping;
    }

    /// <summary>Waits until nothing is in hand of a living node, and nothing waits that could be.</summary>
    public Task QuietAsync() => UntilAsync(() => IsAtRest()
        && _nodes.Where(node => !node.Probe.IsCut && !node.IsStopped).All(node => node.Gate.InHand == 0) && Depth() is { Waiting: 0, InFlight: 0 });

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

    // What is found at rest, while nothing changed, is at rest.
    private bool IsAtRest()
    {
        var next = Changes.Next;
        return _nodes.All(static node => node.IsAtRest) && !next.IsCompleted;
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan? step, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var next = Changes.Next;
            if (condition())
            {
                return;
            }

            var left = Patience - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw NeverTrue(what);
            }

            if (step is { } span && !IsOnRealTime && IsAtRest())
            {
                // What the last step set off may wait for a thread still: on a busy machine the clock would run away from it.
                for (var turn = 0; ThreadPool.PendingWorkItemCount > 0 && turn < MostTurns; turn++)
                {
                    await Task.Yield();
                }

                if (!next.IsCompleted)
                {
                    Clock.Advance(span);
                }

                continue;
            }

            try
            {
                await next.WaitAsync(left, TimeProvider.System, Token);
            }
            catch (TimeoutException)
            {
                throw NeverTrue(what);
            }
        }
    }

    private TimeoutException NeverTrue(string what) => new(
        $"Never true: {what}. The clock shows {Clock.GetUtcNow():O}. Calls: {_calls.Count}; settled: {string.Join(", ", _nodes.SelectMany(node => node.Probe.Settled).TakeLast(10))}.");
}
