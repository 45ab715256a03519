using System.Net;
using System.Text;
using Jobs.Benchmarks.Brokers;
using Jobs.Brokers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Benchmarks.Nats;

/// <summary>The paths on NATS: the same stream and consumer for ours and for the bare loop.</summary>
internal sealed class NatsBench : BrokerBench, IAsyncDisposable
{
    public const int BatchSize = 256;
    private const int BatchesUnderWay = 4;

    private readonly IPEndPoint _server;
    private readonly NatsNames _names = new(Namespace);
    private readonly NatsBroker _broker;
    private readonly JetStreamClient _jetStream;
    private readonly INatsClient _client;

    private NatsBench(IPEndPoint server)
    {
        _server = server;
        _client = NatsClient.Open(NatsClientOptions.Parse(server.ToString()), TimeProvider.System, NullLogger.Instance);
        _jetStream = new JetStreamClient(_client, TimeProvider.System);
        _broker = new NatsBroker(_client, Namespace, new NatsBrokerOptions(), TimeProvider.System, new JobsTelemetry(), NullLogger.Instance);
    }

    public byte[] Subject => Encoding.ASCII.GetBytes(_names.QueueSubject("default", 1));

    public byte[] NextSubject => Encoding.ASCII.GetBytes($"$JS.API.CONSUMER.MSG.NEXT.{Stream}.{NatsNames.Consumer(1)}");

    public byte[] BareSubject => Encoding.ASCII.GetBytes(_names.QueueSubject("bare", 1));

    public byte[] BareNextSubject => Encoding.ASCII.GetBytes($"$JS.API.CONSUMER.MSG.NEXT.{_names.QueueStream("bare")}.{NatsNames.Consumer(1)}");

    protected override Dictionary<string, string?> Configuration => new() { ["Jobs:Broker"] = "nats", ["Jobs:Nats:ConnectionString"] = _server.ToString() };

    private string Stream => _names.QueueStream("default");

    public static async Task<NatsBench> StartAsync(IPEndPoint server)
    {
        var bench = new NatsBench(server);
        await bench._broker.ProvisionAsync(new BrokerTopology(Namespace, [new QueueTopology("default", TimeSpan.FromSeconds(30))]), ProvisionMode.CreateIfMissing, CancellationToken.None);
        return bench;
    }

    /// <summary>A queue that no worker receives from.</summary>
    public ValueTask MakeBareQueueAsync() =>
        _broker.ProvisionAsync(new BrokerTopology(Namespace, [new QueueTopology("bare", TimeSpan.FromSeconds(30))]), ProvisionMode.CreateIfMissing, CancellationToken.None);

    public BareNats Connect() => new(_server);

    public override void Reset()
    {
        _broker.SetPausedAsync("default", paused: false).AsTask().GetAwaiter().GetResult();
        _jetStream.PurgeAsync(Stream, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Batches of messages with their ids, some under way.</summary>
    public override void Enqueue(int jobs)
    {
        using var nats = Connect();
        var subject = Subject;
        Span<byte> headers = "NATS/1.0\r\nNats-Msg-Id: 00000000-0000-0000-0000-000000000000\r\n\r\n"u8.ToArray();
        var id = headers.Slice("NATS/1.0\r\nNats-Msg-Id: "u8.Length, 36);
        var unanswered = 0;
        for (var left = jobs; left > 0; left -= BatchSize)
        {
            for (; unanswered > BatchSize * (BatchesUnderWay - 1); unanswered--)
            {
                nats.Read(out _, out _);
            }

            for (var i = Math.Min(left, BatchSize); i > 0; i--, unanswered++)
            {
                Guid.NewGuid().TryFormat(id, out _);
                nats.Publish(subject, headers, Document);
            }

            nats.Flush();
        }

        for (; unanswered > 0; unanswered--)
        {
            nats.Read(out _, out _);
        }
    }

    public override async Task HideAsync() => await _broker.SetPausedAsync("default", paused: true);

    public override async Task ShowAsync() => await _broker.SetPausedAsync("default", paused: false);

    // Nothing tells that a worker waits at a paused queue.
    public override void WaitForReceiver() => Thread.Sleep(500);

    public async ValueTask DisposeAsync() => await _broker.DisposeAsync();
}
