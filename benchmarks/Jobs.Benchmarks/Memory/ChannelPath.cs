using System.Threading.Channels;
using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Benchmarks.Memory;

/// <summary>The least that does the work: the same pooled messages through a bounded channel, and the job called.</summary>
internal sealed class ChannelPath : IBenchPath
{
    private static readonly JobDefinition<StaticJobsClient.CountArgs> Definition = JobDefinition.Of<StaticJobsClient.CountArgs>();

    private readonly Channel<JobMessage<StaticJobsClient.CountArgs>> _channel =
        Channel.CreateBounded<JobMessage<StaticJobsClient.CountArgs>>(WindowedPath.Window);

    private readonly Func<int, ValueTask> _execute;
    private readonly Task _consumers;

    public ChannelPath(string name, int consumers, Func<int, ValueTask> execute)
    {
        Name = name;
        _execute = execute;
        _consumers = Task.WhenAll(Enumerable.Range(0, consumers).Select(_ => Task.Run(ConsumeAsync)));
    }

    public string Name { get; }

    public Task RunAsync(int jobs) => Task.Run(() => ProduceAsync(jobs));

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.Complete();
        await _consumers;
    }

    private async Task ProduceAsync(int jobs)
    {
        Executions.Shared.Reset();
        for (var i = 0; i < jobs; i++)
        {
            var message = JobMessage<StaticJobsClient.CountArgs>.Rent(Definition, new StaticJobsClient.CountArgs(i));
            if (!_channel.Writer.TryWrite(message))
            {
                await _channel.Writer.WriteAsync(message);
            }
        }

        await Executions.Shared.ReachAsync(jobs);
    }

    private async Task ConsumeAsync()
    {
        while (await _channel.Reader.WaitToReadAsync())
        {
            while (_channel.Reader.TryRead(out var message))
            {
                await _execute(message.ReadArgs(Definition).Value);
                message.Release();
            }
        }
    }
}
