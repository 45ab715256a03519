using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Testing;
using Jobs.Tests.Definitions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Memory;

/// <summary>A memory broker with one queue, one receiver and a clock that stands still, and the calls that tests make most.</summary>
internal sealed class MemoryBench : IAsyncDisposable
{
    public const string Queue = "default";
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private int _ids;

    public MemoryBench(MemoryBrokerOptions? options = null, ILogger<MemoryBroker>? logger = null)
    {
        Wall = new WallTime(Clock);
        Broker = new MemoryBroker(Wall, options, logger ?? NullLogger<MemoryBroker>.Instance);
        Receiver = Open();
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>The clock as the broker has it, which may be set.</summary>
    public WallTime Wall { get; }

    public MemoryBroker Broker { get; }

    public IJobReceiver Receiver { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static JobFailure Failure(int attempt = 1) => new() { Attempt = attempt, At = DateTimeOffset.UnixEpoch, Type = "System.Exception", Message = "no" };

    public IJobReceiver Open(string queue = Queue, params JobPriority[] priorities) =>
        Broker.OpenReceiverAsync(
            queue,
            new ReceiverOptions { Lease = Lease, Worker = "w", Priorities = priorities.Length > 0 ? priorities : [JobPriority.Normal] },
            Token).AsTask().GetAwaiter().GetResult();

    public JobMessage Message(int value = 0) => Message(NumberArgs.Definition, new NumberArgs(value));

    public JobMessage Message<TArgs>(JobDefinition<TArgs> definition, in TArgs args)
    {
        var message = JobMessage<TArgs>.Rent(definition, in args);
        message.Id = JobId.Parse($"job-{++_ids}");
        message.EnqueuedAt = Now;
        return message;
    }

    public async Task<SendResult> SendAsync(JobMessage message)
    {
        var results = new SendResult[1];
        await Broker.SendAsync(new[] { message }, results, Token);
        return results[0];
    }

    /// <summary>Sends messages with the values 0 to <paramref name="count"/> − 1.</summary>
    public async Task SendManyAsync(int count)
    {
        var messages = Enumerable.Range(0, count).Select(Message).ToArray();
        var results = new SendResult[count];
        await Broker.SendAsync(messages, results, Token);
        Assert.All(results, static result => Assert.Equal(SendStatus.Accepted, result.Status));
    }

    /// <summary>What can be received now.</summary>
    public async Task<JobDelivery[]> ReceiveAsync(int credit = 100, IJobReceiver? receiver = null)
    {
        var buffer = new JobDelivery[credit];
        var count = await (receiver ?? Receiver).ReceiveAsync(buffer, wait: false, Token);
        return buffer[..count];
    }

    public async Task<JobDelivery> ReceiveOneAsync(IJobReceiver? receiver = null) => Assert.Single(await ReceiveAsync(1, receiver));

    public async Task<SettleResult> SettleAsync(Settlement settlement)
    {
        var results = new SettleResult[1];
        await Receiver.SettleAsync(new[] { settlement }, results, Token);
        return results[0];
    }

    public Task<SettleResult> CompleteAsync(JobDelivery delivery) =>
        SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Complete });

    public Task<SettleResult> DeadLetterAsync(JobDelivery delivery, string reason = DeadLetterReason.Rejected) =>
        SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.DeadLetter, Reason = reason, Error = "it is bad", Failure = Failure() });

    public SettleResult Renew(JobDelivery delivery)
    {
        var results = new SettleResult[1];
        Receiver.Renew([delivery], results);
        return results[0];
    }

    public async Task<QueueDepth> DepthAsync() => await Broker.GetDepthAsync(Queue, Token);

    /// <summary>Sends one job and lets it die.</summary>
    public async Task<JobId> BuryAsync(JobMessage? message = null, string reason = DeadLetterReason.Rejected)
    {
        message ??= Message();
        var id = message.Id;
        Assert.Equal(SendStatus.Accepted, (await SendAsync(message)).Status);
        Assert.Equal(SettleResult.Ok, await DeadLetterAsync(await ReceiveOneAsync(), reason));
        return id;
    }

    public static int ValueOf(JobDelivery delivery) => delivery.Message!.ReadArgs(NumberArgs.Definition).Value;

    public ValueTask DisposeAsync() => Broker.DisposeAsync();
}
