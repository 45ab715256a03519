using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Jobs.Brokers.Sqs.DeadLetters;
using Jobs.Brokers.Sqs.Delaying;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Sending;

/// <summary>Sends messages: to their queues, or to where they wait until SQS can be told the rest of their delay. Safe for concurrent use.</summary>
internal sealed class SqsSender(
    ISqsClient client,
    QueueUrls urls,
    DelayQueues delayQueues,
    SqsNames names,
    SqsBrokerOptions options,
    DelayLimits limits,
    TimeProvider time,
    JobsTelemetry telemetry,
    ILogger logger)
{
    /// <summary>The largest document: what SQS takes, less room for the state.</summary>
    public const int MaxDocumentBytes = SqsLimits.MaxBytes - (32 * 1024);

    private readonly ConcurrentDictionary<string, Outbox> _outboxes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueTopology> _topologies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Queue, int Level), string> _names = new();

    /// <summary>What is known of a queue, or null.</summary>
    public QueueTopology? TopologyOf(string queue) => _topologies.GetValueOrDefault(queue);

    public void Learn(QueueTopology topology) => _topologies[topology.Name] = topology;

    /// <summary>Sends messages of one queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="results">One for each.</param>
    /// <param name="isThen">A handler enqueued them: better twice than not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask SendAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, bool isThen, CancellationToken cancellationToken)
    {
        // What a FIFO queue recognises may be sent again.
        var operation = new SendOperation(messages.Length, isThen || names.IsFifo(queue));
        var outboxes = new HashSet<Outbox>(1);
        for (var i = 0; i < messages.Length; i++)
        {
            if (Add(operation, i, queue, messages.Span[i]) is { } outbox)
            {
                outboxes.Add(outbox);
                if (i % SqsLimits.MaxBatch == SqsLimits.MaxBatch - 1)
                {
                    // The first go out while the last are still being encoded.
                    outbox.Flush();
                }
            }
        }

        await RunAsync(operation, outboxes, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < messages.Length; i++)
        {
            results.Span[i] = operation[i];
            if (operation[i].Status == SendStatus.Accepted)
            {
                messages.Span[i].Release();
            }
        }
    }

    /// <summary>Adds a copy of a message.</summary>
    /// <param name="operation">What is to be sent with <see cref="RunAsync"/>.</param>
    /// <param name="index">Its place there.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="level">Its level.</param>
    /// <param name="message">What it was read as, or null.</param>
    /// <param name="document">Its bytes.</param>
    /// <param name="state">Its state; empty: the initial one.</param>
    /// <param name="due">When it is due; null: now.</param>
    /// <param name="dedupeId">What a FIFO queue recognises it by.</param>
    public Outbox AddCopy(
        SendOperation operation, int index, string queue, int level, JobMessage? message, ReadOnlySpan<byte> document, ReadOnlyMemory<byte> state, DateTimeOffset? due, string dedupeId)
    {
        var outgoing = Outgoing.Rent();
        var isEncoded = Bodies.Write(document, outgoing.Body);
        return Route(operation, index, outgoing, queue, level, message, isEncoded, state, due, dedupeId);
    }

    /// <summary>Adds a dead letter.</summary>
    public Outbox AddDead(SendOperation operation, int index, string queue, in DeathNote note, ReadOnlySpan<byte> document, ReadOnlyMemory<byte> state)
    {
        var outgoing = Outgoing.Rent();
        var isEncoded = Bodies.Write(document, outgoing.Body);
        var isFifo = names.IsFifo(queue);
        outgoing.Seal(operation, index, new SqsSendEntry
        {
            State = state,
            Attributes = isEncoded ? new[] { note.ToAttribute(), Bodies.Base64 } : new[] { note.ToAttribute() },
            GroupId = isFifo ? SafeId.Of(note.Key) : null,
            DeduplicationId = isFifo ? SafeId.Of(string.Create(CultureInfo.InvariantCulture, $"{note.Key}@{note.DiedAt.ToUnixTimeMilliseconds()}")) : null,
        });
        return Put(outgoing, names.Dead(queue));
    }

    /// <summary>Adds a message again to the delay queue that it is in, as a new one.</summary>
    public Outbox AddHop(SendOperation operation, int index, string queue, in SqsMessage message, TimeSpan delay)
    {
        var outgoing = Outgoing.Rent();
        outgoing.Body.Write(message.Body.Span);
        outgoing.Seal(operation, index, new SqsSendEntry { State = message.State, Attributes = message.Attributes, DelaySeconds = Seconds(delay) });
        return Put(outgoing, names.Delay(queue));
    }

    /// <summary>Adds a message out of a delay queue to the queue that it is for.</summary>
    public Outbox AddPromoted(SendOperation operation, int index, string queue, in SqsMessage message)
    {
        var note = DelayNote.Of(message);
        var document = Bodies.Read(message);
        var isRead = JobMessage.TryFromBytes(document, message.State.Span, out var job, out _);
        return AddCopy(
            operation, index, queue, note.Level, isRead ? job : null, document.Span, message.State, DueTime.FromMilliseconds(note.Due),
            isRead ? job!.DedupeId : System.Text.Encoding.UTF8.GetString(message.MessageId.Span));
    }

    /// <summary>Sends what was added, again where it failed, until <see cref="SqsBrokerOptions.SendTimeout"/> or the token ends it.</summary>
    public async ValueTask RunAsync(SendOperation operation, IEnumerable<Outbox> outboxes, CancellationToken cancellationToken)
    {
        foreach (var outbox in outboxes)
        {
            outbox.Flush();
        }

        try
        {
            await operation.Finished.WaitAsync(options.SendTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            operation.GiveUp(error);
        }
        catch (TimeoutException error)
        {
            operation.GiveUp(new TimeoutException(
                $"SQS did not take the messages within {options.SendTimeout} ({SqsBrokerOptions.SectionName}:{nameof(SqsBrokerOptions.SendTimeout)}).{(client.Health.Error is { } why ? $" {why}" : "")}", error));
        }
    }

    public int LevelOf(string queue, JobMessage message) => SqsNames.LevelOf(AdapterRules.LevelOf(TopologyOf(queue), message.Attributes.Priority));

    private Outbox? Add(SendOperation operation, int index, string queue, JobMessage message)
    {
        var outgoing = Outgoing.Rent();
        try
        {
            message.WriteTo(outgoing.Body);
            var isEncoded = Encode(outgoing);
            if (outgoing.Body.WrittenCount > MaxDocumentBytes)
            {
                operation.End(index, new SendResult(SendStatus.TooLarge, new JobPayloadException(
                    $"the document has {outgoing.Body.WrittenCount} bytes{(isEncoded ? " as base64, which characters that SQS refuses make necessary," : ",")} but the SQS broker takes {MaxDocumentBytes}: the 1 MiB of SQS less 32 KiB. Store large data elsewhere and enqueue its key.", message.Name)));
                outgoing.Return();
                return null;
            }

            ReadOnlyMemory<byte> state = default;
            if (!ReferenceEquals(message.State, MessageState.Initial))
            {
                var written = new ArrayBufferWriter<byte>(256);
                message.WriteStateTo(written);
                state = written.WrittenMemory;
            }

            return Route(operation, index, outgoing, queue, LevelOf(queue, message), message, isEncoded, state, message.EffectiveDue, names.IsFifo(queue) ? message.DedupeId : "");
        }
#pragma warning disable CA1031 // A payload's own code may throw anything; the sender is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            operation.End(index, new SendResult(SendStatus.Failed, error));
            outgoing.Return();
            return null;
        }
    }

    // Almost every document is legal text as it is.
    private static bool Encode(Outgoing outgoing)
    {
        if (SqsLimits.IsLegalText(outgoing.Body.WrittenSpan))
        {
            return false;
        }

        var document = outgoing.Body.WrittenSpan.ToArray();
        outgoing.Body.ResetWrittenCount();
        return Bodies.Write(document, outgoing.Body);
    }

    private Outbox Route(
        SendOperation operation, int index, Outgoing outgoing, string queue, int level, JobMessage? message, bool isEncoded, ReadOnlyMemory<byte> state, DateTimeOffset? due, string dedupeId)
    {
        var isFifo = names.IsFifo(queue);
        var left = due is { } time0 ? time0 - time.GetUtcNow() : TimeSpan.Zero;
        if (left > (isFifo ? TimeSpan.Zero : limits.Native))
        {
            var note = new DelayNote(DueTime.ToMilliseconds(due), level).ToAttribute();
            outgoing.Seal(operation, index, new SqsSendEntry
            {
                State = state,
                Attributes = isEncoded ? new[] { note, Bodies.Base64 } : new[] { note },
                DelaySeconds = Seconds(UntilMoved(left, isFifo)),
            });
            return Put(outgoing, names.Delay(queue));
        }

        outgoing.Seal(operation, index, new SqsSendEntry
        {
            State = state,
            Attributes = isEncoded ? new[] { Bodies.Base64 } : default(ReadOnlyMemory<SqsAttribute>),
            DelaySeconds = left > TimeSpan.Zero ? Seconds(left) : null,
            GroupId = GroupOf(isFifo, message, dedupeId),
            DeduplicationId = isFifo ? SafeId.Of(dedupeId) : null,
        });
        return Put(outgoing, _names.GetOrAdd((queue, level), static (key, names) => names.Queue(key.Queue, key.Level), names));
    }

    /// <summary>For how long a message may lie still that is due after a time.</summary>
    public TimeSpan UntilMoved(TimeSpan left, bool isFifo)
    {
        var still = isFifo ? left : left - limits.Ahead;
        return still < TimeSpan.Zero ? TimeSpan.Zero : still > limits.Native ? limits.Native : still;
    }

    // Of a FIFO queue those of one partition follow each other; those without one are in nobody's way.
    private string? GroupOf(bool isFifo, JobMessage? message, string dedupeId) =>
        isFifo ? SafeId.Of(message?.Attributes.Partition ?? message?.Attributes.Key ?? message?.Attributes.Tenant ?? message?.Id.ToString() ?? dedupeId)
        : options.FairQueues && message?.Attributes.Tenant is { Length: > 0 } tenant ? SafeId.Of(tenant)
        : null;

    // Up: less would be early.
    private static int Seconds(TimeSpan delay) => (int)Math.Min(SqsLimits.MaxDelaySeconds, Math.Ceiling(delay.TotalSeconds));

    private Outbox Put(Outgoing outgoing, string name)
    {
        var outbox = _outboxes.TryGetValue(name, out var known) ? known : _outboxes.GetOrAdd(name, MakeOutbox);
        outbox.Add(outgoing);
        return outbox;
    }

    private Outbox MakeOutbox(string name) =>
        new(client, name, delayQueues.IsOne(name) ? delayQueues.GetOrCreateAsync : urls.GetAsync, time, telemetry, logger);
}
