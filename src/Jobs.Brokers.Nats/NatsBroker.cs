using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Jobs.Brokers.Nats.DeadLetters;
using Jobs.Brokers.Nats.Delaying;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Brokers.Nats.Receiving;
using Jobs.Brokers.Nats.Sending;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats;

/// <summary>Carries messages in NATS JetStream: a work-queue stream per queue, a pull consumer per level, leases by ack wait.</summary>
/// <remarks>
/// <para>1. Safe for concurrent use. What replaces a message is stored before the message is acknowledged; ids make one of what is stored twice.</para>
/// <para>2. A server may be away at any time: receivers wait, sends wait for <see cref="NatsBrokerOptions.SendTimeout"/>.</para>
/// </remarks>
internal sealed partial class NatsBroker : IDeadLetterQueue, IQueueAdmin
{
    private const int LargestSend = 256;

    private readonly ConcurrentDictionary<NatsReceiver, bool> _receivers = new();
    private readonly Lock _lock = new();
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly NatsNames _names;
    private readonly NatsBrokerOptions _options;
    private readonly NatsSender _sender;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private DelayPromoter? _promoter;
    private OrphanSweep? _orphans;
    private volatile bool _isDisposed;

    /// <summary>Makes a broker, which owns the client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="namespace">Keeps applications on one server apart.</param>
    /// <param name="options">Read once.</param>
    /// <param name="time">The clock of waits and delays; leases go by the server's.</param>
    /// <param name="telemetry">Counts swallowed errors.</param>
    /// <param name="logger">The log.</param>
    public NatsBroker(INatsClient client, string @namespace, NatsBrokerOptions options, TimeProvider time, JobsTelemetry telemetry, ILogger logger)
    {
        (_client, _options, _time, _telemetry, _logger) = (client, options, time, telemetry, logger);
        _names = new NatsNames(@namespace);
        _jetStream = new JetStreamClient(client, time);
        _sender = new NatsSender(client, _names, options, time, telemetry, logger);
    }

    public string Name => "nats";

    public BrokerFeatures Features => new()
    {
        MaxDocumentBytes = _sender.MaxDocumentBytes,
        MaxSendBatch = LargestSend,
        DedupeWindow = _options.DedupeWindow,
    };

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

        var topology = _sender.TopologyOf(queue);
        if (topology is null)
        {
            // A queue that nobody provisioned is there once someone receives from it.
            topology = new QueueTopology(queue, options.Lease) { Priorities = options.Priorities };
            await new Provisioner(_jetStream, _names, _options, ProvisionMode.CreateIfMissing, _logger)
                .RunAsync(new BrokerTopology(_names.Namespace, [topology]), cancellationToken).ConfigureAwait(false);
            _sender.Learn(topology);
        }

        KnownIds.KeepAsking(_client, _names.QueueSubject(queue, NatsNames.LevelOf(JobPriority.Normal)));
        KnownIds.KeepAsking(_client, _names.DelaySubject("none", queue, NatsNames.LevelOf(JobPriority.Normal)));
        var blueprint = new QueueBlueprint(_names, _options);
        var stream = _names.QueueStream(queue);
        var receiver = new NatsReceiver(new ReceiverContext
        {
            Client = _client,
            JetStream = _jetStream,
            Sender = _sender,
            Names = _names,
            Queue = queue,
            Stream = stream,
            Levels = AdapterRules.LevelsOf(options.Priorities, NatsNames.LevelOf),
            Leases = new LeaseClock(options.Lease, _time),
            CreateConsumer = (level, token) => _jetStream.CreateConsumerAsync(stream, blueprint.Consumer(topology, NatsNames.PriorityOf(level)), token),
            WatchPauses = changed => new PauseWatch(_client, _names.PausedSubject(queue), token => IsPausedAsync(queue, token), changed),
            Time = _time,
            Telemetry = _telemetry,
            Logger = _logger,
            Closed = receiver => _receivers.TryRemove(receiver, out _),
        });
        _receivers[receiver] = true;
        lock (_lock)
        {
            _promoter ??= new DelayPromoter(_client, _jetStream, _sender, _names, _time, _telemetry, _logger);
            _orphans ??= new OrphanSweep(_client, _jetStream, _names, () => _receivers.Keys.Select(static open => open.Queue).Distinct(StringComparer.Ordinal), _time, _telemetry, _logger);
        }

        return receiver;
    }

    /// <summary>Ends all receivers, without settling, and the connection.</summary>
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

        if (_promoter is { } promoter)
        {
            await promoter.DisposeAsync().ConfigureAwait(false);
        }

        if (_orphans is { } orphans)
        {
            await orphans.DisposeAsync().ConfigureAwait(false);
        }

        await _client.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stores a copy of a message, due now, by way of the delay stream.</summary>
    internal async ValueTask<SendResult> StoreCopyAsync(string queue, int level, ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> state, string messageId, CancellationToken cancellationToken)
    {
        using var operation = SendOperation.Rent(1);
        _sender.AddCopy(operation, queue, level, messageId, due: null, document, state.Span);
        await _sender.RunAsync(operation, cancellationToken).ConfigureAwait(false);
        return operation.ResultOf(0);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendToAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        await _sender.SendAsync(queue, messages, results, isThen: false, cancellationToken).ConfigureAwait(false);
        if (_sender.TopologyOf(queue) is { MaxLength: not null, WhenFull: QueueFullMode.Wait })
        {
            await QueuedSends.WaitForRoomAsync(
                queue,
                messages,
                results,
                (name, part, partResults, token) => _sender.SendAsync(name, part, partResults, isThen: false, token),
                _time,
                cancellationToken).ConfigureAwait(false);
        }
    }
}
