using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Jobs.Benchmarks.Workload;
using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Memory;
using Jobs.Messages;

namespace Jobs.Benchmarks.Bdn;

/// <summary>The memory broker without client and worker, on one thread: sent one by one, received and settled by the hundred.</summary>
public class MemoryBrokerRoundTrip : IDisposable
{
    private const int Batch = 100;

    private static readonly JobDefinition<StaticJobsClient.CountArgs> Definition = JobDefinition.Of<StaticJobsClient.CountArgs>();

    private readonly Channel<JobMessage> _channel = Channel.CreateBounded<JobMessage>(Batch);
    private readonly JobMessage[] _messages = new JobMessage[1];
    private readonly SendResult[] _sent = new SendResult[1];
    private readonly JobDelivery[] _deliveries = new JobDelivery[Batch];
    private readonly Settlement[] _settlements = new Settlement[Batch];
    private readonly SettleResult[] _settled = new SettleResult[Batch];
    private readonly MemoryBroker _broker = new(TimeProvider.System);
    private IJobReceiver _receiver = null!;

    [GlobalSetup]
    public void Open() => _receiver = _broker.OpenReceiverAsync(
        "default", new ReceiverOptions { Lease = TimeSpan.FromSeconds(30), Worker = "benchmark" }, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Dispose() => _broker.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Batch)]
    public void BoundedChannel()
    {
        for (var i = 0; i < Batch; i++)
        {
            _channel.Writer.TryWrite(JobMessage<StaticJobsClient.CountArgs>.Rent(Definition, new StaticJobsClient.CountArgs(i)));
        }

        while (_channel.Reader.TryRead(out var message))
        {
            message.Release();
        }
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task MemoryBroker()
    {
        for (var i = 0; i < Batch; i++)
        {
            _messages[0] = JobMessage<StaticJobsClient.CountArgs>.Rent(Definition, new StaticJobsClient.CountArgs(i));
            await _broker.SendAsync(_messages, _sent, CancellationToken.None);
        }

        var received = await _receiver.ReceiveAsync(_deliveries, wait: false, CancellationToken.None);
        for (var i = 0; i < received; i++)
        {
            _settlements[i] = new Settlement { Delivery = _deliveries[i], Kind = SettleKind.Complete };
        }

        await _receiver.SettleAsync(_settlements.AsMemory(0, received), _settled, CancellationToken.None);
    }
}
