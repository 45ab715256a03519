using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Sqs;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Sending;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Sqs;

/// <summary>The SQS broker on an emulator of its own.</summary>
/// <remarks>SQS counts in whole seconds, and recognises no copies: what a lost answer leaves twice is shown by scenarios of SQS's own, where nothing is lost.</remarks>
public class SqsFixture : BrokerFixture
{
    public override bool HasNoQueueLimits => true;

    public override bool IsHosted => true;

    public override TimeSpan Lease => TimeSpan.FromSeconds(5);

    public override TimeSpan Patience => TimeSpan.FromMinutes(1);

    public override TimeSpan BulkTime => TimeSpan.FromSeconds(25);

    private protected virtual SqsBrokerOptions Options => OptionsOf();

    public override ServerProcess CreateServer() => new SqsServer(new SqsServerOptions { Persists = false });

    public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(new SqsBroker(
        Open(target),
        target.Namespace,
        Options,
        Time,
        new JobsTelemetry(),
        NullLogger.Instance));

    public override async ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        await using var client = Open(target);
        var names = new SqsNames($"{target.Namespace}-", Options.FifoQueues);
        var url = await client.GetQueueUrlAsync(names.Queue(queue, SqsNames.NormalLevel), cancellationToken);
        var unique = Guid.NewGuid().ToString();
        var message = Outgoing.Rent();
        // What is no text cannot be put into SQS otherwise, whoever does it.
        var isEncoded = Bodies.Write(document.Span, message.Body);
        var entry = new SqsSendEntry(message.Body.WrittenMemory)
        {
            Attributes = isEncoded ? new[] { Bodies.Base64 } : default(ReadOnlyMemory<SqsAttribute>),
            GroupId = names.IsFifo(queue) ? unique : null,
            DeduplicationId = names.IsFifo(queue) ? unique : null,
        };
        var results = new SqsEntryResult[1];
        await client.SendMessageBatchAsync(url, new[] { entry }, results, isRepeatable: false, cancellationToken);
        Xunit.Assert.True(results[0].IsOk, results[0].Message);
    }

    internal static SqsBrokerOptions OptionsOf() => new() { DeleteLinger = TimeSpan.FromMilliseconds(1), PauseCheck = TimeSpan.FromMilliseconds(500) };

    internal static SqsClientOptions ClientOptionsOf(Uri endpoint) =>
        new() { Endpoint = endpoint, Region = "us-east-1", AccessKey = "test", SecretKey = "test", MaxConnections = 200 };

    private ISqsClient Open(BrokerTarget target) => SqsClient.Open(ClientOptionsOf(new Uri($"http://{target.Server}")), Time, NullLogger.Instance);
}
