using Jobs.Benchmarks.Ratios;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Benchmarks.Sqs;

/// <summary>Receive ten, delete ten, in eight loops.</summary>
internal sealed class BareSqsProcess(SqsBench bench) : IBenchPath
{
    private int _left;

    public string Name => "bare receive and delete loops";

    public Task PrepareAsync(int jobs)
    {
        bench.Reset();
        bench.Enqueue(jobs);
        _left = jobs;
        return Task.CompletedTask;
    }

    public Task RunAsync(int jobs) => Task.WhenAll(Enumerable.Range(0, SqsBench.Loops).Select(_ => ReceiveAsync()));

    public ValueTask DisposeAsync() => default;

    private async Task ReceiveAsync()
    {
        var handles = new ReadOnlyMemory<byte>[10];
        var results = new SqsEntryResult[10];
        while (Volatile.Read(ref _left) > 0)
        {
            using var messages = await bench.Client.ReceiveMessageAsync(bench.Queue, new SqsReceiveOptions(10, 0, 30), CancellationToken.None);
            for (var i = 0; i < messages.Count; i++)
            {
                handles[i] = messages[i].ReceiptHandle;
            }

            if (messages.Count > 0)
            {
                await bench.Client.DeleteMessageBatchAsync(bench.Queue, handles.AsMemory(0, messages.Count), results, CancellationToken.None);
                Interlocked.Add(ref _left, -messages.Count);
            }
        }
    }
}
