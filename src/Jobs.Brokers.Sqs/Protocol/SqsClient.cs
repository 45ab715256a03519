using System.Text;
using Jobs.Brokers.Sqs.Protocol.Answers;
using Jobs.Brokers.Sqs.Protocol.Batches;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>SQS by AWS JSON 1.0 over HTTP.</summary>
internal sealed class SqsClient : ISqsClient
{
    private static readonly string[] SystemAttributes =
        ["ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp", "DeadLetterQueueSourceArn", "MessageGroupId", "SentTimestamp"];

    private readonly SqsTransport _transport;
    private readonly SqsClientOptions _options;
    private readonly RetryBudget _budget = new();
    private readonly JobsTelemetry? _telemetry;
    private readonly ILogger _logger;

    private SqsClient(SqsClientOptions options, SqsCredentials credentials, Func<string, string?> environment, TimeProvider time, ILogger logger, JobsTelemetry? telemetry)
    {
        (_options, _logger, _telemetry) = (options, logger, telemetry);
        _transport = new SqsTransport(options, credentials, environment, time, logger, _budget);
        if (!SqsChecksum.IsAvailable)
        {
            SqsLog.NoChecksums(logger);
        }
    }

    public BrokerHealth Health => _transport.Health.Now;

    public string Region => _transport.Endpoint.Region;

    /// <summary>Opens a client. Nothing is sent, and nobody asked, until its first request.</summary>
    /// <param name="options">Where, and as whom.</param>
    /// <param name="time">For timeouts, pauses and signatures.</param>
    /// <param name="logger">Told of what changes, and of what is wrong.</param>
    /// <param name="telemetry">Counts what went wrong and was only logged; null for nobody.</param>
    public static ISqsClient Open(SqsClientOptions options, TimeProvider time, ILogger logger, JobsTelemetry? telemetry = null) =>
        Open(options, SqsCredentials.Of(options), Environment.GetEnvironmentVariable, time, logger, telemetry);

    /// <inheritdoc cref="Open(SqsClientOptions, TimeProvider, ILogger, JobsTelemetry?)"/>
    /// <param name="options">Where.</param>
    /// <param name="credentials">As whom.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="time">For timeouts, pauses and signatures.</param>
    /// <param name="logger">Told of what changes, and of what is wrong.</param>
    /// <param name="telemetry">Counts what went wrong and was only logged; null for nobody.</param>
    internal static SqsClient Open(SqsClientOptions options, SqsCredentials credentials, Func<string, string?> environment, TimeProvider time, ILogger logger, JobsTelemetry? telemetry = null) =>
        new(options, credentials, environment, time, logger, telemetry);

    public ValueTask<string> GetQueueUrlAsync(string queueName, CancellationToken cancellationToken) =>
        AskTextAsync(SqsAction.GetQueueUrl, queueName, SqsRequest.Begin().WithString("QueueName"u8, queueName), "QueueUrl", isRepeatable: true, cancellationToken);

    public ValueTask<string> CreateQueueAsync(string queueName, IReadOnlyDictionary<string, string> attributes, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        var request = SqsRequest.Begin().WithString("QueueName"u8, queueName).WithMap("Attributes"u8, attributes);
        if (tags is { Count: > 0 })
        {
            request.WithMap("tags"u8, tags);
        }

        return AskTextAsync(SqsAction.CreateQueue, queueName, request, "QueueUrl", isRepeatable: true, cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<string, string>> GetQueueAttributesAsync(string queueUrl, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        using var request = SqsRequest.Begin(queueUrl).WithStrings("AttributeNames"u8, names).End();
        using var answer = await AskAsync(SqsAction.GetQueueAttributes, queueUrl, request, cancellationToken).ConfigureAwait(false);
        return SqsAnswerReader.ReadMap(SqsAction.GetQueueAttributes, "Attributes", answer.Body);
    }

    public ValueTask SetQueueAttributesAsync(string queueUrl, IReadOnlyDictionary<string, string> attributes, CancellationToken cancellationToken) =>
        TellAsync(SqsAction.SetQueueAttributes, queueUrl, SqsRequest.Begin(queueUrl).WithMap("Attributes"u8, attributes), cancellationToken);

    public ValueTask PurgeQueueAsync(string queueUrl, CancellationToken cancellationToken) =>
        TellAsync(SqsAction.PurgeQueue, queueUrl, SqsRequest.Begin(queueUrl), cancellationToken);

    public ValueTask DeleteQueueAsync(string queueUrl, CancellationToken cancellationToken) =>
        TellAsync(SqsAction.DeleteQueue, queueUrl, SqsRequest.Begin(queueUrl), cancellationToken);

    public ValueTask TagQueueAsync(string queueUrl, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        TellAsync(SqsAction.TagQueue, queueUrl, SqsRequest.Begin(queueUrl).WithMap("Tags"u8, tags), cancellationToken);

    public ValueTask UntagQueueAsync(string queueUrl, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        TellAsync(SqsAction.UntagQueue, queueUrl, SqsRequest.Begin(queueUrl).WithStrings("TagKeys"u8, keys), cancellationToken);

    public async ValueTask<IReadOnlyDictionary<string, string>> ListQueueTagsAsync(string queueUrl, CancellationToken cancellationToken)
    {
        using var request = SqsRequest.Begin(queueUrl).End();
        using var answer = await AskAsync(SqsAction.ListQueueTags, queueUrl, request, cancellationToken).ConfigureAwait(false);
        return SqsAnswerReader.ReadMap(SqsAction.ListQueueTags, "Tags", answer.Body);
    }

    // Asked for again it would be refused, since one runs.
    public ValueTask<string> StartMessageMoveTaskAsync(string sourceArn, string? destinationArn, int? maxPerSecond, CancellationToken cancellationToken)
    {
        var request = SqsRequest.Begin().WithString("SourceArn"u8, sourceArn);
        if (destinationArn is not null)
        {
            request.WithString("DestinationArn"u8, destinationArn);
        }

        if (maxPerSecond is { } limit)
        {
            request.WithNumber("MaxNumberOfMessagesPerSecond"u8, limit);
        }

        return AskTextAsync(SqsAction.StartMessageMoveTask, sourceArn, request, "TaskHandle", isRepeatable: false, cancellationToken);
    }

    public ValueTask SendMessageBatchAsync(string queueUrl, ReadOnlyMemory<SqsSendEntry> entries, Memory<SqsEntryResult> results, bool isRepeatable, CancellationToken cancellationToken) =>
        RunAsync(new SendBatch(entries), queueUrl, results, isRepeatable, cancellationToken);

    public ValueTask DeleteMessageBatchAsync(string queueUrl, ReadOnlyMemory<ReadOnlyMemory<byte>> receiptHandles, Memory<SqsEntryResult> results, CancellationToken cancellationToken) =>
        RunAsync(new DeleteBatch(receiptHandles), queueUrl, results, isRepeatable: true, cancellationToken);

    public ValueTask ChangeMessageVisibilityBatchAsync(string queueUrl, ReadOnlyMemory<SqsVisibilityEntry> entries, Memory<SqsEntryResult> results, CancellationToken cancellationToken) =>
        RunAsync(new VisibilityBatch(entries), queueUrl, results, isRepeatable: true, cancellationToken);

    public void ChangeMessageVisibilityBatch(string queueUrl, ReadOnlySpan<SqsVisibilityEntry> entries, Span<SqsEntryResult> results, TimeSpan timeout)
    {
        SqsBatch.CheckLength(entries.Length, results);
        Span<byte> places = stackalloc byte[SqsLimits.MaxBatch];
        var count = VisibilityBatch.Refuse(entries, results, places);
        if (count == 0)
        {
            return;
        }

        SqsBatch.ExpectNothing(results, places[..count]);
        using var request = SqsRequest.Begin(queueUrl);
        VisibilityBatch.Write(request.Json, entries, places[..count]);
        using var answer = _transport.Ask(SqsAction.ChangeMessageVisibilityBatch, queueUrl, request.End(), timeout);
        BatchReader.Read(SqsAction.ChangeMessageVisibilityBatch, answer.Body, [], results[..entries.Length]);
    }

    public async ValueTask<SqsMessages> ReceiveMessageAsync(string queueUrl, SqsReceiveOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.MaxMessages is >= 1 and <= SqsLimits.MaxBatch, true, nameof(options.MaxMessages));
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.WaitSeconds is >= 0 and <= SqsLimits.MaxWaitSeconds, true, nameof(options.WaitSeconds));
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.VisibilitySeconds is >= 0 and <= SqsLimits.MaxVisibilitySeconds, true, nameof(options.VisibilitySeconds));
        using var request = SqsRequest.Begin(queueUrl)
            .WithNumber("MaxNumberOfMessages"u8, options.MaxMessages)
            .WithNumber("WaitTimeSeconds"u8, options.WaitSeconds)
            .WithNumber("VisibilityTimeout"u8, options.VisibilitySeconds)
            .WithStrings("MessageSystemAttributeNames"u8, SystemAttributes)
            .WithStrings("MessageAttributeNames"u8, options.AttributeNames is null ? [SqsLimits.StateAttribute] : [SqsLimits.StateAttribute, .. options.AttributeNames]);
        if (options.AttemptId is { } attempt)
        {
            request.WithString("ReceiveRequestAttemptId"u8, attempt);
        }

        using var answer = await _transport.AskAsync(SqsAction.ReceiveMessage, queueUrl, request.End(), TimeSpan.FromSeconds(options.WaitSeconds), isRepeatable: true, cancellationToken).ConfigureAwait(false);
        var messages = MessageReader.Read(answer, () => Swallow(SqsLog.NoHandle, queueUrl));
        foreach (ref readonly var message in messages)
        {
            if (!message.IsIntact)
            {
                var id = Encoding.UTF8.GetString(message.MessageId.Span);
                Swallow((logger, queue) => SqsLog.NotIntact(logger, id, queue), queueUrl);
            }
        }

        return messages;
    }

    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return default;
    }

    private ValueTask RunAsync(SqsBatch batch, string queueUrl, Memory<SqsEntryResult> results, bool isRepeatable, CancellationToken cancellationToken) => batch.RunAsync(
        (action, request) => _transport.AskAsync(action, queueUrl, request, TimeSpan.Zero, isRepeatable, cancellationToken),
        tries => MayRetryAsync(tries, cancellationToken),
        queueUrl,
        results,
        isRepeatable);

    private async ValueTask<bool> MayRetryAsync(int tries, CancellationToken cancellationToken)
    {
        if (tries >= _options.MaxTries || _budget.TryTake(SqsErrorKind.ServiceFailed) == 0)
        {
            return false;
        }

        await _transport.PauseAsync(tries, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private ValueTask<SqsAnswer> AskAsync(SqsAction action, string about, SqsRequest request, CancellationToken cancellationToken) =>
        _transport.AskAsync(action, about, request, TimeSpan.Zero, isRepeatable: true, cancellationToken);

    private async ValueTask TellAsync(SqsAction action, string about, SqsRequest begun, CancellationToken cancellationToken)
    {
        using var request = begun.End();
        using var answer = await AskAsync(action, about, request, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<string> AskTextAsync(SqsAction action, string about, SqsRequest begun, string name, bool isRepeatable, CancellationToken cancellationToken)
    {
        using var request = begun.End();
        using var answer = await _transport.AskAsync(action, about, request, TimeSpan.Zero, isRepeatable, cancellationToken).ConfigureAwait(false);
        return SqsAnswerReader.ReadText(action, answer.Body, name);
    }

    private void Swallow(Action<ILogger, string> log, string queueUrl)
    {
        log(_logger, queueUrl);
        _telemetry?.ErrorSwallowed("sqs-message");
    }
}
