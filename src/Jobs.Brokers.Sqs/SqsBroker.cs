using System.Collections.Concurrent;
using Jobs.Brokers.Sqs.Administration;
using Jobs.Brokers.Sqs.Delaying;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Provisioning;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Brokers.Sqs.Receiving;
using Jobs.Brokers.Sqs.Sending;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs;

/// <summary>Carries messages in Amazon SQS: a queue per queue and level, a dead-letter queue, leases by visibility timeouts.</summary>
/// <remarks>
/// <para>1. Safe for concurrent use. What replaces a message is stored before the message is deleted; a crash, or a lost answer, between the two may leave both.</para>
/// <para>2. The service may be away at any time: receivers wait, sends wait for <see cref="SqsBrokerOptions.SendTimeout"/>.</para>
/// </remarks>
internal sealed partial class SqsBroker : IDeadLetterQueue, IQueueAdmin
{
    private const int MostInFlight = 120_000;

    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<SqsReceiver, bool> _receivers = new();
    private readonly ConcurrentDictionary<string, DelayPromoter> _promoters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MessagesInHand> _inHand = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WaitingAge> _ages = new(StringComparer.Ordinal);
    private readonly ISqsClient _client;
    private readonly QueueUrls _urls;
    private readonly DelayQueues _delayQueues;
    private readonly DelayLimits _limits;
    private readonly SqsNames _names;
    private readonly SqsBrokerOptions _options;
    private readonly SqsSender _sender;
    private readonly string _namespace;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private volatile bool _isDisposed;

    /// <summary>Makes a broker, which owns the client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="namespace">Keeps applications in one account apart.</param>
    /// <param name="options">Read once.</param>
    /// <param name="time">The clock of waits and delays; leases go by the service's.</param>
    /// <param name="telemetry">Counts swallowed errors.</param>
    /// <param name="logger">The log.</param>
    /// <param name="limits">Null: those of SQS.</param>
    public SqsBroker(ISqsClient client, string @namespace, SqsBrokerOptions options, TimeProvider time, JobsTelemetry telemetry, ILogger logger, DelayLimits? limits = null)
    {
        (_client, _namespace, _options, _time, _telemetry, _logger) = (client, @namespace, options, time, telemetry, logger);
        _limits = limits ?? DelayLimits.Sqs;
        _names = new SqsNames(options.QueuePrefix ?? $"{@namespace}-", options.FifoQueues);
        _urls = new QueueUrls(client);
        _delayQueues = new DelayQueues(client, _urls, _names);
        _sender = new SqsSender(client, _urls, _delayQueues, _names, options, _limits, time, telemetry, logger);
        Features = new BrokerFeatures
        {
            MaxDocumentBytes = SqsSender.MaxDocumentBytes,
            MaxSendBatch = SqsLimits.MaxBatch,
            MaxReceiveBatch = SqsLimits.MaxBatch,
            NativeDelayLimit = _limits.Native,
            LeaseLimit = LongestLease,
            InFlightLimit = MostInFlight,
            BrowseMode = DeadLetterBrowseMode.Destructive,
            HasExactDepth = false,
            HasOldestAge = false,
            InPlaceQueues = [.. options.FifoQueues],
        };
    }

    public string Name => "sqs";

    public BrokerFeatures Features { get; }

    public BrokerHealth Health => _client.Health;

    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, messages.Length, nameof(results));
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (messages.IsEmpty)
        {
            return default;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            results.Span[..messages.Length].Fill(new SendResult(SendStatus.Failed, new OperationCanceledException(cancellationToken)));
            return default;
        }

        return QueuedSends.ByQueueAsync(messages, results, SendToAsync, cancellationToken);
    }

    public async ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken)
    {
        AdapterRules.Check(queue, options);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (options.Lease > LongestLease)
        {
            throw new JobConfigurationException($"Queue '{queue}' is received with a lease of {options.Lease}, but SQS lets a message be held for {LongestLease} at most (Jobs:Queues:{queue}:Lease).");
        }

        if (_sender.TopologyOf(queue) is null)
        {
            // A queue that nobody provisioned is there once someone receives from it.
            await ProvisionAsync(new BrokerTopology(_namespace, [new QueueTopology(queue, options.Lease) { Priorities = options.Priorities }]), ProvisionMode.CreateIfMissing, cancellationToken).ConfigureAwait(false);
        }

        var receiver = new SqsReceiver(new ReceiverContext
        {
            Client = _client,
            Urls = _urls,
            Sender = _sender,
            Names = _names,
            Options = _options,
            Queue = queue,
            Levels = _names.IsFifo(queue) ? [SqsNames.NormalLevel] : AdapterRules.LevelsOf(options.Priorities, SqsNames.LevelOf),
            Leases = new LeaseClock(options.Lease, _time),
            InHand = _inHand.GetOrAdd(queue, static _ => new MessagesInHand()),
            Age = AgeOf(queue),
            Marks = new MarkWatch(token => State.GetMarksAsync(MarkedName(queue), token), _options.PauseCheck, _time, _telemetry),
            Time = _time,
            Telemetry = _telemetry,
            Logger = _logger,
            Closed = receiver => _receivers.TryRemove(receiver, out _),
        });
        _receivers[receiver] = true;
        _promoters.GetOrAdd(queue, name => new DelayPromoter(_client, _urls, _sender, _names, name, _limits, _time, _telemetry, _logger)).Start();
        return receiver;
    }

    /// <summary>Ends all receivers, without settling, and the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (var receiver in _receivers.Keys)
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var promoter in _promoters.Values)
        {
            await promoter.DisposeAsync().ConfigureAwait(false);
        }

        await _client.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask SendToAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken) =>
        _sender.SendAsync(queue, messages, results, isThen: false, cancellationToken);

    private WaitingAge AgeOf(string queue) => _ages.GetOrAdd(queue, static (_, time) => new WaitingAge(time), _time);
}
