using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Jobs.Brokers;
using Jobs.Enqueueing;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Memory;

/// <summary>Carries messages within this process. The default broker; needs no configuration, keeps nothing when the process ends.</summary>
/// <remarks>
/// <para>1. Safe for concurrent use. A queue comes to be when it is first used; provisioning gives it limits and priorities.</para>
/// <para>2. A job whose args cannot change is kept as it was given; any other is kept as bytes from enqueue on, so that no run
/// sees what another did to its arguments.</para>
/// <para>3. A message enqueued, received and completed allocates nothing, unless its id may repeat.</para>
/// <para>4. Settling finishes before it returns, and so does sending unless it waits for room. A limit counts waiting and delayed messages.</para>
/// </remarks>
public sealed partial class MemoryBroker : IDeadLetterQueue, IQueueAdmin, IInlineSender
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(365);

    private readonly ConcurrentDictionary<string, MemoryQueue> _queues = new();
    private readonly Func<string, MemoryQueue> _createQueue;
    private readonly TimeProvider _timeProvider;
    private readonly MemoryBrokerOptions _options;
    private readonly ILogger _logger;
    private MemoryQueue? _last;
    private long _rawMessages;
    private volatile bool _isDisposed;

    /// <summary>Makes an empty broker.</summary>
    /// <param name="timeProvider">The clock of leases and delays.</param>
    /// <param name="options">Null: the defaults. Read once.</param>
    /// <param name="logger">Null: no log.</param>
    /// <exception cref="JobConfigurationException">An option is out of range.</exception>
    public MemoryBroker(TimeProvider timeProvider, MemoryBrokerOptions? options = null, ILogger<MemoryBroker>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _options = options ?? new MemoryBrokerOptions();
        _options.Validate();
        _timeProvider = timeProvider;
        _logger = logger ?? NullLogger<MemoryBroker>.Instance;
        _createQueue = CreateQueue;
        Features = new BrokerFeatures
        {
            MaxDocumentBytes = _options.MaxDocumentBytes,
            DedupeWindow = _options.DedupeWindow,
            IsDurable = false,
        };
        Health = new BrokerHealth(BrokerStatus.Connected, timeProvider.GetUtcNow());
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public BrokerFeatures Features { get; }

    /// <inheritdoc/>
    public BrokerHealth Health { get; }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, messages.Length, nameof(results));
        var sent = SendUntilFull(messages.Span, results.Span, out var room, cancellationToken);
        return room is null ? default : SendWhenRoomAsync(messages[sent..], results[sent..], room, cancellationToken);
    }

    bool IInlineSender.TrySend(JobMessage message) => Send(message).IsStored;

    /// <summary>Puts bytes into a queue as a program other than ours might; for interop and tests.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="document">The bytes; copied. What is no job document is delivered with <see cref="JobDelivery.DecodeError"/> set.</param>
    /// <returns>The broker's id of the message, if the bytes are no job document; else the job's id.</returns>
    /// <exception cref="JobEnqueueException">The document is one, and the queue refused it.</exception>
    /// <exception cref="ObjectDisposedException">The broker is disposed.</exception>
    public string SendRaw(string queue, ReadOnlyMemory<byte> document)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        var bytes = document.ToArray();
        if (!JobMessage.TryFromBytes(bytes, default, out var message, out var error))
        {
            var raw = new RawMessage($"memory-{Interlocked.Increment(ref _rawMessages)}", bytes, error, _timeProvider.GetUtcNow());
            GetQueue(queue).EnqueueRaw(raw);
            return raw.Id;
        }

        var id = message.Id;
        message.MayRepeat = true;
        var result = GetQueue(queue).Enqueue(message, isLimited: true);
        return result.IsStored ? id.ToString() : throw new JobEnqueueException(
            id, message.Name, result.Status, $"Job {id} ('{message.Name}') was refused by queue '{queue}' of the memory broker: {result.Status}.", result.Error);
    }

    /// <inheritdoc/>
    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topology);
        cancellationToken.ThrowIfCancellationRequested();
        switch (mode)
        {
            case ProvisionMode.CreateIfMissing:
                foreach (var queue in topology.Queues)
                {
                    if (GetQueue(queue.Name).Provision(queue) is { } difference)
                    {
                        Log.MemoryQueueDiffers(_logger, difference);
                    }
                }

                break;
            case ProvisionMode.Verify:
                Verify(topology);
                break;
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (options.Lease <= TimeSpan.Zero || options.Lease > LongestLease)
        {
            throw new JobConfigurationException($"Queue '{queue}' is received with a lease of {options.Lease}; it must be positive and at most {LongestLease.TotalDays} days (Jobs:Queues:{queue}:Lease).");
        }

        if (options.Priorities.Count == 0)
        {
            throw new JobConfigurationException($"Queue '{queue}' is received without any priority; name at least one.");
        }

        var lane = GetQueue(queue);
        var receiver = new MemoryReceiver(lane, options);
        lane.Offer(receiver.Levels);
        return new ValueTask<IJobReceiver>(receiver);
    }

    /// <summary>Ends all receivers, without settling, and forgets all messages.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        foreach (var queue in _queues.Values)
        {
            queue.Close();
        }

        _queues.Clear();
        _last = null;
        return default;
    }

    /// <summary>Sends what a handler enqueued, all or (as far as can be known before) nothing. Limits do not refuse it.</summary>
    internal bool TrySendThen(IReadOnlyList<JobMessage> then, JobMessage? parent)
    {
        var kept = new JobMessage[then.Count];
        for (var i = 0; i < kept.Length; i++)
        {
            var result = MessageEncoder.Keep(then[i], _options.MaxDocumentBytes, out kept[i]);
            if (result.Status != SendStatus.Accepted)
            {
                return Refused(then[i], parent, result.Error);
            }
        }

        for (var i = 0; i < kept.Length; i++)
        {
            var result = GetQueue(then[i].Queue).Enqueue(kept[i], isLimited: false);
            if (!result.IsStored)
            {
                return Refused(then[i], parent, result.Error);
            }

            if (result.Status == SendStatus.Duplicate || !ReferenceEquals(kept[i], then[i]))
            {
                then[i].Release();
            }
        }

        return true;
    }

    private int SendUntilFull(ReadOnlySpan<JobMessage> messages, Span<SendResult> results, out Task? room, CancellationToken cancellationToken)
    {
        room = null;
        for (var i = 0; i < messages.Length; i++)
        {
            results[i] = cancellationToken.IsCancellationRequested
                ? new SendResult(SendStatus.Failed, new OperationCanceledException(cancellationToken))
                : Send(messages[i]);
            if (results[i].Status == SendStatus.QueueFull && (room = GetQueue(messages[i].Queue).WaitForRoom()) is not null)
            {
                return i;
            }
        }

        return messages.Length;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendWhenRoomAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, Task? room, CancellationToken cancellationToken)
    {
        for (var sent = 0; room is not null;)
        {
            await room.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sent += SendUntilFull(messages.Span[sent..], results.Span[sent..], out room, cancellationToken);
        }
    }

    /// <summary>Takes a delivery from its worker; for tests.</summary>
    internal bool LoseLease(string queue, JobId id) => Find(queue)?.LoseLease(id) ?? false;

    private bool Refused(JobMessage child, JobMessage? parent, Exception? error)
    {
        Log.ThenRefused(_logger, error, parent?.Name ?? "", parent?.Id ?? default, child.Name);
        return false;
    }

    private SendResult Send(JobMessage message)
    {
        if (message.HoldsImmutableArgs)
        {
            return GetQueue(message.Queue).Enqueue(message, isLimited: !message.IgnoresLimit);
        }

        var result = MessageEncoder.Keep(message, _options.MaxDocumentBytes, out var kept);
        if (result.Status == SendStatus.Accepted)
        {
            result = GetQueue(message.Queue).Enqueue(kept, isLimited: !message.IgnoresLimit);
            if (result.Status == SendStatus.Accepted)
            {
                message.Release();
            }
        }

        return result;
    }

    private void Verify(BrokerTopology topology)
    {
        var differences = new List<string>();
        foreach (var wanted in topology.Queues)
        {
            var difference = _queues.TryGetValue(wanted.Name, out var queue) ? queue.Compare(wanted) : $"queue '{wanted.Name}' does not exist";
            if (difference is not null)
            {
                differences.Add(difference);
            }
        }

        if (differences.Count > 0)
        {
            throw new JobConfigurationException(
                $"The memory broker differs from the topology: {string.Join("; ", differences)}. Its queues live in this process: provision with {nameof(ProvisionMode.CreateIfMissing)}.");
        }
    }

    private MemoryQueue GetQueue(string name)
    {
        // Most messages go where the one before went.
        var queue = _last;
        if (queue is null || queue.Name != name)
        {
            queue = _queues.TryGetValue(name, out var known) ? known : _queues.GetOrAdd(name, _createQueue);
            _last = queue;
        }

        return queue;
    }

    private MemoryQueue CreateQueue(string name)
    {
        var queue = new MemoryQueue(name, this, _timeProvider, _options, _logger);
        if (_isDisposed)
        {
            queue.Close();
        }

        return queue;
    }
}
