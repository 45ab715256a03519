using System.Net;
using Jobs.Brokers.Conformance.Faults;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>The place of one check: a namespace of its own, and the processes in it.</summary>
internal sealed class Bench(BrokerFixture fixture) : IAsyncDisposable
{
    /// <summary>The queue that checks use where they need but one.</summary>
    public const string Queue = "work";

    private static int _benches;

    private readonly int _number = Interlocked.Increment(ref _benches);
    private readonly List<Node> _nodes = [];
    private int _messages;

    public BrokerFixture Fixture => fixture;

    public string Namespace => $"c{Environment.ProcessId}-{_number}";

    public BrokerTarget Target => new(Namespace, fixture.Server?.EndPoint);

    public DateTimeOffset Now => fixture.Time.GetUtcNow();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A process with the queue provisioned and one receiver on it.</summary>
    public Task<Node> NodeAsync(QueueTopology? queue = null, IPEndPoint? server = null) => NodeAsync([queue ?? Topology()], server);

    /// <summary>A process with queues provisioned and one receiver on the first.</summary>
    public async Task<Node> NodeAsync(QueueTopology[] queues, IPEndPoint? server = null)
    {
        var node = await ConnectAsync(server);
        await node.ProvisionAsync(queues);
        await node.OpenAsync(queues[0].Name, queues[0].Priorities);
        return node;
    }

    /// <summary>A process that has done nothing yet.</summary>
    public Task<Node> ConnectAsync(IPEndPoint? server = null) => ConnectAsync(server is null ? Target : Target with { Server = server });

    /// <summary>A process of another application on the same server, whose name begins like ours.</summary>
    public Task<Node> StrangerAsync() => ConnectAsync(Target with { Namespace = $"{Namespace}x" });

    private async Task<Node> ConnectAsync(BrokerTarget target)
    {
        var node = new Node(this, target, await fixture.ConnectAsync(target, Token));
        lock (_nodes)
        {
            _nodes.Add(node);
        }

        return node;
    }

    public QueueTopology Topology(string queue = Queue) => new(queue, fixture.Lease);

    /// <summary>A message with an id of its own.</summary>
    public Draft Draft()
    {
        var message = Interlocked.Increment(ref _messages);
        return new Draft { Id = new JobId(new Guid(_number, (short)(message >> 16), (short)message, 7, 7, 7, 7, 7, 7, 7, 7)), EnqueuedAt = Now };
    }

    public Draft[] Drafts(int count) => [.. Enumerable.Range(0, count).Select(_ => Draft())];

    /// <summary>A proxy before the server of the fixture.</summary>
    public TcpProxy Proxy() => new(fixture.Server?.EndPoint ?? throw new InvalidOperationException(
        $"A broker whose messages are durable is tested on a server that may fail: override {nameof(BrokerFixture.CreateServer)}."));

    public Task PassAsync(TimeSpan span) => span > TimeSpan.Zero ? fixture.PassAsync(span, Token) : Task.CompletedTask;

    /// <summary>Ends a call that hangs, so that it fails its check instead of the whole run.</summary>
    public Task<T> WithinAsync<T>(ValueTask<T> call) => call.AsTask().WaitAsync(fixture.Patience, TimeProvider.System, Token);

    /// <inheritdoc cref="WithinAsync{T}"/>
    public Task WithinAsync(ValueTask call) => call.AsTask().WaitAsync(fixture.Patience, TimeProvider.System, Token);

    /// <summary>Waits, letting time pass in small steps, until something holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < fixture.Patience, $"Not within {fixture.Patience.TotalSeconds} s: {what}.");
            await PassAsync(TimeSpan.FromMilliseconds(20));
            // A clock that is moved by hand must not run away from the threads that it drives.
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
