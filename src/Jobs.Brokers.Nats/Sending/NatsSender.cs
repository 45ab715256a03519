using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Jobs.Brokers.Nats.Delaying;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Sending;

/// <summary>Stores messages: in their queues, or with what is not yet due.</summary>
/// <remarks>
/// <para>1. Safe for concurrent use. A message whose answer was lost is sent again under its id, which its stream recognises.</para>
/// <para>2. What may come again late (copies, and what handlers enqueue), and what no limit may refuse, goes by way of the delay stream, whose
/// memory of ids is longer and which has no limit.</para>
/// </remarks>
internal sealed class NatsSender(INatsClient client, NatsNames names, NatsBrokerOptions options, TimeProvider time, JobsTelemetry telemetry, ILogger logger)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, SendRoutes> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueTopology> _topologies = new(StringComparer.Ordinal);
    private readonly Nudges _nudges = new(client, names, time);
    private int _isInterrupted;

    /// <summary>What is known of a queue, or null.</summary>
    public QueueTopology? TopologyOf(string queue) => _topologies.GetValueOrDefault(queue);

    public void Learn(QueueTopology topology) => _topologies[topology.Name] = topology;

    /// <summary>Sends messages of one queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="results">One for each.</param>
    /// <param name="isThen">A handler enqueued them: they may be repeats, and no limit refuses them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    // Pooled, because every enqueue waits here.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, bool isThen, CancellationToken cancellationToken)
    {
        using var operation = SendOperation.Rent(messages.Length);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var routes = RoutesOf(queue);
        for (var i = 0; i < messages.Length; i++)
        {
            Add(operation, routes, messages.Span[i], isThen, now);
        }

        await RunAsync(operation, cancellationToken).ConfigureAwait(false);
        if (Redirect(operation, routes, messages.Span, isThen))
        {
            await RunAsync(operation, cancellationToken).ConfigureAwait(false);
        }

        for (var i = 0; i < messages.Length; i++)
        {
            results.Span[i] = operation.ResultOf(i);
            if (operation.ResultOf(i).Status == SendStatus.Accepted)
            {
                messages.Span[i].Release();
            }
        }
    }

    /// <summary>Adds a copy of a message, for the delay stream.</summary>
    /// <param name="operation">What is to be sent with <see cref="RunAsync"/>.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="level">Its level.</param>
    /// <param name="messageId">What it is recognised by.</param>
    /// <param name="due">When it is due, or null: now.</param>
    /// <param name="document">Its document.</param>
    /// <param name="state">Its state; empty: the initial one.</param>
    public void AddCopy(SendOperation operation, string queue, int level, string messageId, DateTimeOffset? due, ReadOnlyMemory<byte> document, ReadOnlySpan<byte> state)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var dueAt = due is null ? now : DueTime.ToMilliseconds(due);
        var headers = operation.Headers.Add(Headers.MessageId, messageId).Add(Headers.Due, dueAt);
        if (!state.IsEmpty)
        {
            headers.Add(Headers.State, state);
        }

        var bucket = DelayBucket.Of(dueAt, now);
        operation.Add(RoutesOf(queue).ToBucket(bucket, level), headers, static (document, buffer) => buffer.Write(document.Span), document);
        _nudges.Note(bucket);
    }

    /// <summary>Adds a message whose time has come: for its queue, or for the bucket that it is filed in next.</summary>
    public void AddDelayed(SendOperation operation, DelayedMessage message)
    {
        var headers = operation.Headers;
        if (!message.State.AsSpan().IsEmpty)
        {
            headers.Add(Headers.State, message.State);
        }

        var routes = RoutesOf(message.Queue);
        var subject = routes.ToQueue(message.Level);
        if (message.Bucket.IsFinest)
        {
            headers.Add(Headers.MessageId, message.Id);
        }
        else
        {
            var bucket = DelayBucket.Of(message.Due, time.GetUtcNow().ToUnixTimeMilliseconds());
            headers.Add(Headers.Id, message.Id).Add(Headers.Due, message.Due)
                .Add(Headers.MessageId, [.. message.Id, (byte)'@', .. Encoding.UTF8.GetBytes(bucket.Name)]);
            subject = routes.ToBucket(bucket, message.Level);
            _nudges.Note(bucket);
        }

        operation.Add(subject, headers, static (document, buffer) => buffer.Write(document), message.Document);
    }

    /// <summary>Adds a dead letter.</summary>
    public void AddDead(SendOperation operation, string queue, string key, NatsHeaderBlock headers, ReadOnlyMemory<byte> document) =>
        operation.Add(Encoding.UTF8.GetBytes(names.DeadSubject(queue, key)), headers, static (document, buffer) => buffer.Write(document.Span), document);

    /// <summary>Sends everything that was added, again and again where the server cannot be reached, until <see cref="NatsBrokerOptions.SendTimeout"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(SendOperation operation, CancellationToken cancellationToken)
    {
        var deadline = time.GetTimestamp() + (long)(options.SendTimeout.TotalSeconds * time.TimestampFrequency);
        RetryPause? pause = null;
        using var givingUp = cancellationToken.UnsafeRegister(static (operation, token) => ((SendOperation)operation!).GiveUp(new OperationCanceledException(token)), operation);
        while (operation.IsOpen)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                // Who cancels may be running this very loop, and get to the registration only after it.
                operation.GiveUp(new OperationCanceledException(cancellationToken));
                return;
            }

            var left = time.GetElapsedTime(time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
            {
                operation.GiveUp(operation.Interruption ?? new TimeoutException($"NATS did not answer within {options.SendTimeout} ({NatsBrokerOptions.SectionName}:{nameof(NatsBrokerOptions.SendTimeout)})."));
                return;
            }

            await operation.SendRound(client, left < AnswerTimeout ? left : AnswerTimeout).ConfigureAwait(false);
            if (operation.IsOpen)
            {
                await RestAsync(operation, pause ??= new RetryPause(FirstPause, LongestPause, time), left, cancellationToken).ConfigureAwait(false);
            }
            else if (Volatile.Read(ref _isInterrupted) != 0)
            {
                Volatile.Write(ref _isInterrupted, 0);
            }
        }

        _nudges.Send();
    }

    public int LevelOf(string queue, JobMessage message) => NatsNames.LevelOf(AdapterRules.LevelOf(TopologyOf(queue), message.Attributes.Priority));

    private SendRoutes RoutesOf(string queue) => _routes.TryGetValue(queue, out var routes) ? routes : _routes.GetOrAdd(queue, static (name, names) => new SendRoutes(names, name), names);

    private void Add(SendOperation operation, SendRoutes routes, JobMessage message, bool isThen, long now)
    {
        var due = DueTime.ToMilliseconds(message.EffectiveDue);
        var level = LevelOf(message.Queue, message);
        var isDelayed = isThen || due > now;
        try
        {
            var headers = AddId(operation.Headers, message);
            if (isDelayed)
            {
                headers.Add(Headers.Due, Math.Max(due, now));
            }

            if (!ReferenceEquals(message.State, MessageState.Initial))
            {
                var state = new ArrayBufferWriter<byte>(256);
                message.WriteStateTo(state);
                if (state.WrittenCount > 0)
                {
                    headers.Add(Headers.State, state.WrittenSpan);
                }
            }

            var bucket = DelayBucket.Of(due, now);
            var length = operation.Add(isDelayed ? routes.ToBucket(bucket, level) : routes.ToQueue(level), headers, static (message, buffer) => message.WriteTo(buffer), message);
            if (length > MaxDocumentBytes)
            {
                operation.Refuse(operation.Count - 1, new SendResult(SendStatus.TooLarge, new JobPayloadException(
                    $"the document has {length} bytes, but the NATS broker takes {MaxDocumentBytes}: the server's max_payload less 32 KiB. Store large data elsewhere and enqueue its key.", message.Name)));
            }
            else if (isDelayed)
            {
                _nudges.Note(bucket);
            }
        }
#pragma warning disable CA1031 // A payload's own code may throw anything; the sender is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            operation.AddRefused(new SendResult(SendStatus.Failed, error));
        }
    }

    /// <summary>The largest document: what the server takes, less room for the state.</summary>
    public int MaxDocumentBytes => Math.Max(1024, (client.Server?.MaxPayload ?? 1024 * 1024) - (32 * 1024));

    // A full queue does not refuse what handlers enqueue: it waits outside.
    private bool Redirect(SendOperation operation, SendRoutes routes, ReadOnlySpan<JobMessage> messages, bool isThen)
    {
        var bucket = DelayBucket.Of(0, time.GetUtcNow().ToUnixTimeMilliseconds());
        var any = false;
        for (var i = 0; i < messages.Length; i++)
        {
            if (operation.ResultOf(i).Status == SendStatus.QueueFull && (isThen || messages[i].IgnoresLimit))
            {
                operation.Redirect(i, routes.ToBucket(bucket, LevelOf(messages[i].Queue, messages[i])));
                _nudges.Note(bucket);
                any = true;
            }
        }

        return any;
    }

    private static NatsHeaderBlock AddId(NatsHeaderBlock headers, JobMessage message)
    {
        if (message.State.Copy == 0 && message.Id.TryGetUuid(out _))
        {
            Span<byte> text = stackalloc byte[36];
            message.Id.TryFormat(text, out var length);
            return headers.Add(Headers.MessageId, text[..length]);
        }

        return headers.Add(Headers.MessageId, MessageIds.Of(message));
    }

    private async ValueTask RestAsync(SendOperation operation, RetryPause pause, TimeSpan left, CancellationToken cancellationToken)
    {
        telemetry.ErrorSwallowed("send");
        if (Interlocked.Exchange(ref _isInterrupted, 1) == 0)
        {
            Log.SendInterrupted(logger, operation.Interruption!.Message);
        }

        using var patience = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (operation.Interruption is NatsBufferFullException)
            {
                await client.WaitForRoomAsync(either.Token).ConfigureAwait(false);
                return;
            }

            await pause.WaitAsync(either.Token).ConfigureAwait(false);
            await client.WaitConnectedAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees who has had enough.
        }
        catch (JobConfigurationException error)
        {
            operation.GiveUp(error);
        }
    }
}
