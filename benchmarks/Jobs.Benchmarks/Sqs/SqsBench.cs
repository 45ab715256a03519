using Jobs.Benchmarks.Brokers;
using Jobs.Brokers.Sqs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Benchmarks.Sqs;

/// <summary>What the paths on SQS share: an emulator, a queue of its own for each round, and the client without the broker.</summary>
internal sealed class SqsBench(Uri server) : BrokerBench, IAsyncDisposable
{
    /// <summary>How many requests the bare loops have under way, each for ten messages.</summary>
    public const int Loops = 8;

    private const int BatchSize = 10;

    private string _prefix = "";
    private int _rounds;

    public ISqsClient Client { get; } = SqsClient.Open(
        new SqsClientOptions { Endpoint = server, Region = "us-east-1", AccessKey = "test", SecretKey = "test", MaxConnections = 100 },
        TimeProvider.System,
        NullLogger.Instance);

    public string Queue { get; private set; } = "";

    protected override Dictionary<string, string?> Configuration => new()
    {
        ["Jobs:Broker"] = "sqs",
        ["Jobs:Sqs:ConnectionString"] = $"http://test:test@{server.Authority}?region=us-east-1",
        ["Jobs:Sqs:QueuePrefix"] = _prefix,
    };

    public override void Reset()
    {
        _prefix = $"round{_rounds++}-";
        Queue = Client.CreateQueueAsync($"{_prefix}default", new Dictionary<string, string>(), null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Batches of ten, eight under way.</summary>
    public override void Enqueue(int jobs) => Task.WhenAll(Enumerable.Range(0, Loops).Select(_ => SendAsync(jobs / Loops))).GetAwaiter().GetResult();

    public override Task HideAsync() => throw Unsupported();

    public override Task ShowAsync() => throw Unsupported();

    public override void WaitForReceiver() => throw Unsupported();

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private async Task SendAsync(int jobs)
    {
        var entries = new SqsSendEntry[BatchSize];
        entries.AsSpan().Fill(new SqsSendEntry(Document));
        var results = new SqsEntryResult[BatchSize];
        for (var left = jobs; left > 0; left -= BatchSize)
        {
            await Client.SendMessageBatchAsync(Queue, entries.AsMemory(0, Math.Min(left, BatchSize)), results, isRepeatable: false, CancellationToken.None);
        }
    }

    private static NotSupportedException Unsupported() => new("A queue of SQS cannot be made to seem empty: workers are started on a full one.");
}
