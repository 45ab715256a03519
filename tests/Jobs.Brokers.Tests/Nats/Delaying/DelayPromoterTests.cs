using System.Text;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Administration;
using Jobs.Brokers.Nats.Delaying;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Brokers.Nats.Sending;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Brokers.Tests.Nats.Protocol;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Delaying;

public sealed class DelayPromoterTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>
{
    private const string Queue = "q";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly NatsNames _names = new(fixture.NewName());

    // The promoter's. The server has its own, by which little time passes.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Scenario", "42")]
    public async Task S42_what_a_process_holds_that_dies_is_found_by_another_however_long_nothing_else_has_come()
    {
        await new Provisioner(fixture.JetStream, _names, new NatsBrokerOptions(), ProvisionMode.CreateIfMissing, NullLogger.Instance)
            .RunAsync(new BrokerTopology(_names.Namespace, [new QueueTopology(Queue, TimeSpan.FromSeconds(30))]), Token);
        var due = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var bucket = DelayBucket.Of(due, due);
        var held = await TakeAsync(bucket, due);
        var server = new Server();
        using var pulls = fixture.Client.Subscribe($"$JS.API.CONSUMER.MSG.NEXT.{_names.DelayStream}.*", server);
        using var scans = fixture.Client.Subscribe($"$JS.API.STREAM.INFO.{_names.DelayStream}", server);
        using var moves = fixture.Client.Subscribe(_names.QueueSubject(Queue, 1), server);
        var sender = new NatsSender(fixture.Client, _names, new NatsBrokerOptions(), _time, new JobsTelemetry(), NullLogger.Instance);
        var promoter = new DelayPromoter(fixture.Client, fixture.JetStream, sender, _names, _time, new JobsTelemetry(), NullLogger.Instance);
        await server.Pulled.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, Token);

        // Five seconds each, and more than its bucket is looked after when it is over.
        for (var scanned = 0; scanned < 8; scanned++)
        {
            await PassToScanAsync(server);
        }

        // As the end of its holder's time does.
        fixture.Client.Publish(held, [], [], "-NAK"u8);

        await server.Moved.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, Token);
        await CloseAsync(promoter);
    }

    // It may be closed before it knows that the message is stored; then it hands it back, which takes a while.
    private async Task CloseAsync(DelayPromoter promoter)
    {
        var closing = promoter.DisposeAsync().AsTask();
        await NatsClients.UntilAsync(() =>
        {
            _time.Advance(Second);
            return closing.IsCompleted;
        });
        await closing;
    }

    // A message that is due, in the hands of somebody else.
    private async Task<byte[]> TakeAsync(DelayBucket bucket, long due)
    {
        var consumer = NatsNames.BucketConsumer(bucket.Name);
        await fixture.JetStream.CreateConsumerAsync(
            _names.DelayStream,
            new ConsumerConfig
            {
                Name = consumer,
                FilterSubject = _names.DelaySubjectsOfBucket(bucket.Name),
                AckWait = TimeSpan.FromSeconds(15),
                MaxAckPending = -1,
                InactiveThreshold = TimeSpan.FromMinutes(10),
            },
            Token);
        var headers = new NatsHeaderBlock().Add(Headers.MessageId, "held").Add(Headers.Due, due).Bytes.ToArray();
        Assert.True((await fixture.JetStream.PublishAsync(_names.DelaySubject(bucket.Name, Queue, 1), headers, "x"u8.ToArray(), Token)).Ack.IsStored);
        return Assert.Single(await WaitingMessages.TakeAsync(
            fixture.Client, fixture.JetStream.NextMessageSubject(_names.DelayStream, consumer), 1, TimeProvider.System, Token));
    }

    // Time passes, and the server says all the while that it is there, until buckets are looked for once more.
    private async Task PassToScanAsync(Server server)
    {
        for (var scans = server.Scans; server.Scans == scans;)
        {
            fixture.Client.Publish(Encoding.UTF8.GetBytes(await server.Pulled.Task), [], "NATS/1.0 100 Idle Heartbeat\r\n\r\n"u8, []);
            await fixture.Client.FlushAsync(Token);
            _time.Advance(Second);
        }
    }

    /// <summary>What the server is asked, and stores.</summary>
    private sealed class Server : IMessageHandler
    {
        private int _scans;

        public int Scans => Volatile.Read(ref _scans);

        /// <summary>Where the first pull is answered.</summary>
        public TaskCompletionSource<string> Pulled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Moved { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnMessage(in NatsMessage message)
        {
            if (message.Subject.StartsWith("$JS.API.CONSUMER."u8))
            {
                Pulled.TrySetResult(Encoding.UTF8.GetString(message.ReplyTo));
            }
            else if (message.Subject.StartsWith("$JS.API.STREAM."u8))
            {
                Interlocked.Increment(ref _scans);
            }
            else
            {
                Moved.TrySetResult();
            }
        }

        public void OnRefused(NatsPermissionException error) => throw error;
    }
}
