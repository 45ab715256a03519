using System.Text;
using Jobs.Benchmarks.Brokers;
using Jobs.Benchmarks.Workload;

namespace Jobs.Benchmarks.Nats;

/// <summary>Publish, and notice that it has arrived: one socket and thread for each.</summary>
internal sealed class BareNatsWake : IAsyncDisposable
{
    private readonly BareNats _sender;
    private readonly BareNats _receiver;
    private readonly byte[] _subject;
    private readonly Task _reading;
    private volatile bool _isEnding;

    private BareNatsWake(NatsBench bench)
    {
        _sender = bench.Connect();
        _receiver = bench.Connect();
        _subject = bench.BareSubject;
        _reading = Task.Factory.StartNew(() => Read(bench.BareNextSubject), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static async Task<BareNatsWake> StartAsync(NatsBench bench)
    {
        await bench.MakeBareQueueAsync();
        return new BareNatsWake(bench);
    }

    public void Send()
    {
        _sender.Publish(_subject, isAnswered: true, BrokerBench.Document).Flush();
        _sender.Read(out _, out _);
    }

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        Send();
        await _reading;
        _sender.Dispose();
        _receiver.Dispose();
    }

    private void Read(byte[] next)
    {
        var pull = Encoding.ASCII.GetBytes("""{"batch":1000,"expires":600000000000}""");
        _receiver.Publish(next, isAnswered: true, pull).Flush();
        for (var left = 1_000; !_isEnding;)
        {
            _receiver.Read(out var replyTo, out _);
            if (replyTo.IsEmpty)
            {
                continue;
            }

            Start.Note();
            _receiver.Publish(replyTo, isAnswered: false, "+ACK"u8).Flush();
            if (--left == 500)
            {
                left = 1_000;
                _receiver.Publish(next, isAnswered: true, pull).Flush();
            }
        }
    }
}
