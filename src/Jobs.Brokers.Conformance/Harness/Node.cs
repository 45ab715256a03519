using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>One process: a broker, and the calls that checks make most.</summary>
internal sealed partial class Node(Bench bench, BrokerTarget target, IJobBroker broker) : IAsyncDisposable
{
    private static int _workers;

    private Inbox? _inbox;

    public IJobBroker Broker => broker;

    public IQueueAdmin Admin => Assert.IsAssignableFrom<IQueueAdmin>(broker);

    public IDeadLetterQueue DeadLetters => Assert.IsAssignableFrom<IDeadLetterQueue>(broker);

    /// <summary>The receiver that was opened first.</summary>
    public Inbox Inbox => _inbox ?? throw new InvalidOperationException("The process receives nothing yet.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task ProvisionAsync(params QueueTopology[] queues) => ProvisionAsync(ProvisionMode.CreateIfMissing, queues);

    public Task ProvisionAsync(ProvisionMode mode, params QueueTopology[] queues) =>
        bench.WithinAsync(broker.ProvisionAsync(new BrokerTopology(target.Namespace, queues), mode, Token));

    public Task<Inbox> OpenAsync(string queue = Bench.Queue, IReadOnlyList<JobPriority>? priorities = null) => OpenAsync(queue, new ReceiverOptions
    {
        Lease = bench.Fixture.Lease,
        Worker = $"worker-{Environment.ProcessId}-{Interlocked.Increment(ref _workers)}",
        Priorities = priorities ?? [JobPriority.Normal],
    });

    public async Task<Inbox> OpenAsync(string queue, ReceiverOptions options)
    {
        var inbox = new Inbox(bench, await bench.WithinAsync(broker.OpenReceiverAsync(queue, options, Token)));
        _inbox ??= inbox;
        return inbox;
    }

    public async Task<SendResult> SendAsync(Draft draft) => await SendAsync(draft.Build());

    public async Task<SendResult> SendAsync(JobMessage message)
    {
        var results = new SendResult[1];
        await bench.WithinAsync(broker.SendAsync(new[] { message }, results, Token));
        return results[0];
    }

    public async Task<SendResult[]> SendAllAsync(IEnumerable<Draft> drafts)
    {
        var messages = drafts.Select(static draft => draft.Build()).ToArray();
        var results = new SendResult[messages.Length];
        await bench.WithinAsync(broker.SendAsync(messages, results, Token));
        return results;
    }

    /// <summary>Sends what must be accepted.</summary>
    public async Task AcceptAsync(params Draft[] drafts)
    {
        var results = await SendAllAsync(drafts);
        Assert.All(results, static result => Assert.Equal(SendResult.Accepted, result));
    }

    /// <summary>Sends so many, which must be accepted.</summary>
    public async Task<Draft[]> AcceptAsync(int count)
    {
        var drafts = bench.Drafts(count);
        await AcceptAsync(drafts);
        return drafts;
    }

    public Task SendRawAsync(ReadOnlyMemory<byte> document, string queue = Bench.Queue) =>
        bench.Fixture.SendRawAsync(target, queue, document, Token).AsTask();

    public Task<QueueDepth> DepthAsync(string queue = Bench.Queue) => bench.WithinAsync(Admin.GetDepthAsync(queue, Token));

    /// <summary>Waits for a depth: waiting, in flight, delayed.</summary>
    public async Task HasDepthAsync(long waiting, long inFlight, long delayed, string queue = Bench.Queue)
    {
        var depth = new QueueDepth(-1, -1, -1, default);
        await bench.UntilAsync(
            async () => (depth = await DepthAsync(queue)) is var seen && (seen.Waiting, seen.InFlight, seen.Delayed) == (waiting, inFlight, delayed),
            $"waiting {waiting}, in flight {inFlight}, delayed {delayed}");
    }

    public ValueTask DisposeAsync() => broker.DisposeAsync();
}
