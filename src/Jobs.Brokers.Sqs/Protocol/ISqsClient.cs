namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>What the broker needs of an SQS client. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Each call is one request, and a few more where one fails in a way that passes (throttling, a 5xx, a lost connection); a budget keeps all calls
/// together from making an overload worse. What then fails as a whole throws <see cref="SqsException"/>; in a batch each entry has a result of its own.</para>
/// <para>What SQS would refuse (or an emulator would wrongly take) is refused before anything is sent: entries alone where only they are wrong.</para>
/// <para>Memory given is the caller's again when the call returns, or its task ends. Cancellation ends the wait, not the request: its outcome is unknown then.</para>
/// </remarks>
internal interface ISqsClient : IAsyncDisposable
{
    /// <summary>Whether the service answers, since when, and why not. Cheap.</summary>
    BrokerHealth Health { get; }

    /// <summary>The region that requests are signed for, as <c>eu-central-1</c>.</summary>
    /// <exception cref="JobConfigurationException">None is configured, and the environment names none.</exception>
    string Region { get; }

    /// <summary>Gives the URL of a queue.</summary>
    /// <exception cref="SqsException">As <see cref="SqsErrorKind.QueueDoesNotExist"/>, among others.</exception>
    ValueTask<string> GetQueueUrlAsync(string queueName, CancellationToken cancellationToken);

    /// <summary>Makes a queue, and gives its URL; that of the one there is where the attributes given are equal.</summary>
    /// <param name="queueName">1 to 80 of <c>[A-Za-z0-9_-]</c>; a FIFO queue's ends with <c>.fifo</c>.</param>
    /// <param name="attributes">As SQS names them; see <see cref="SqsAttributeNames"/>.</param>
    /// <param name="tags">Null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SqsException">As <see cref="SqsErrorKind.QueueNameExists"/> with other attributes, <see cref="SqsErrorKind.QueueDeletedRecently"/> within 60 s, among others.</exception>
    ValueTask<string> CreateQueueAsync(string queueName, IReadOnlyDictionary<string, string> attributes, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken);

    /// <summary>Gives attributes of a queue; those that it has not are missing from the answer.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> GetQueueAttributesAsync(string queueUrl, IReadOnlyList<string> names, CancellationToken cancellationToken);

    /// <summary>Sets attributes of a queue; up to 60 s pass until they hold everywhere.</summary>
    ValueTask SetQueueAttributesAsync(string queueUrl, IReadOnlyDictionary<string, string> attributes, CancellationToken cancellationToken);

    /// <summary>Deletes all messages: those sent before, and perhaps some sent within the 60 s after.</summary>
    ValueTask PurgeQueueAsync(string queueUrl, CancellationToken cancellationToken);

    /// <summary>Deletes a queue; its name is free after 60 s.</summary>
    ValueTask DeleteQueueAsync(string queueUrl, CancellationToken cancellationToken);

    /// <summary>Adds tags to a queue; one of the same key is replaced.</summary>
    ValueTask TagQueueAsync(string queueUrl, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken);

    /// <summary>Removes tags of a queue; one that it has not is no error.</summary>
    ValueTask UntagQueueAsync(string queueUrl, IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>Gives the tags of a queue.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> ListQueueTagsAsync(string queueUrl, CancellationToken cancellationToken);

    /// <summary>Sends up to 10 messages of up to 1 MiB together.</summary>
    /// <param name="queueUrl">Where to.</param>
    /// <param name="entries">The messages.</param>
    /// <param name="results">One for each, in the same place.</param>
    /// <param name="isRepeatable">True to send again what may have been taken, when the answer is lost: it may be there twice then, unless SQS recognises it by its
    /// deduplication id. False throws with <see cref="SqsException.IsOutcomeUnknown"/> instead.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SendMessageBatchAsync(string queueUrl, ReadOnlyMemory<SqsSendEntry> entries, Memory<SqsEntryResult> results, bool isRepeatable, CancellationToken cancellationToken);

    /// <summary>Receives up to 10 messages, or none. Dispose them once read.</summary>
    /// <remarks>A receive that is cancelled may have hidden messages that nobody sees then until their visibility ends: end it by letting it run out.</remarks>
    ValueTask<SqsMessages> ReceiveMessageAsync(string queueUrl, SqsReceiveOptions options, CancellationToken cancellationToken);

    /// <summary>Deletes up to 10 messages. A stale handle is no error, and may delete nothing.</summary>
    /// <param name="queueUrl">Where they are.</param>
    /// <param name="receiptHandles">As <see cref="SqsMessage.ReceiptHandle"/>.</param>
    /// <param name="results">One for each, in the same place.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask DeleteMessageBatchAsync(string queueUrl, ReadOnlyMemory<ReadOnlyMemory<byte>> receiptHandles, Memory<SqsEntryResult> results, CancellationToken cancellationToken);

    /// <summary>Sets for how long up to 10 messages stay hidden from now on; 0 hands them back.</summary>
    ValueTask ChangeMessageVisibilityBatchAsync(string queueUrl, ReadOnlyMemory<SqsVisibilityEntry> entries, Memory<SqsEntryResult> results, CancellationToken cancellationToken);

    /// <summary>As <see cref="ChangeMessageVisibilityBatchAsync"/>, once, on the calling thread: for renewals, which must not wait for a thread of the pool.</summary>
    /// <param name="queueUrl">Where they are.</param>
    /// <param name="entries">Up to 10.</param>
    /// <param name="results">One for each, in the same place.</param>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <exception cref="SqsException">The request failed as a whole; it is not tried again.</exception>
    void ChangeMessageVisibilityBatch(string queueUrl, ReadOnlySpan<SqsVisibilityEntry> entries, Span<SqsEntryResult> results, TimeSpan timeout);

    /// <summary>Has SQS move all messages out of a dead-letter queue, and gives the handle of the task.</summary>
    /// <param name="sourceArn">A queue that is the dead-letter queue of another.</param>
    /// <param name="destinationArn">Null: back to where each came from.</param>
    /// <param name="maxPerSecond">1 to 500; null for as fast as SQS thinks right.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<string> StartMessageMoveTaskAsync(string sourceArn, string? destinationArn, int? maxPerSecond, CancellationToken cancellationToken);
}
