using System.Collections.Concurrent;
using System.Security.Cryptography;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Brokers.Redis.Sending;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis;

/// <summary>Carries messages in Redis Streams: one stream per queue and level, one consumer group, leases by idle time.</summary>
/// <remarks>
/// <para>1. Safe for concurrent use. Everything that moves a message is one script, so a crash leaves it in one place.</para>
/// <para>2. A server may be away at any time: receivers wait, sends wait for <see cref="RedisBrokerOptions.SendTimeout"/>.</para>
/// </remarks>
internal sealed partial class RedisBroker : IDeadLetterQueue, IQueueAdmin, IConditionalSender
{
    private readonly ConcurrentDictionary<string, QueueSender> _senders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueKeys> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RedisReceiver, RedisReceiver> _receivers = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly string _producer = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly string _namespace;
    private readonly IRedisClient _client;
    private readonly RedisBrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;

    /// <summary>Makes a broker, which owns the client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="namespace">Keeps applications on one server apart.</param>
    /// <param name="options">Read once.</param>
    /// <param name="time">The clock of waits; leases and delays go by the server's.</param>
    /// <param name="telemetry">Counts swallowed errors.</param>
    /// <param name="logger">The log.</param>
    public RedisBroker(IRedisClient client, string @namespace, RedisBrokerOptions options, TimeProvider time, JobsTelemetry telemetry, ILogger logger)
    {
        (_client, _namespace, _options, _time, _telemetry, _logger) = (client, @namespace, options, time, telemetry, logger);
        Features = new BrokerFeatures { MaxDocumentBytes = options.MaxDocumentBytes, DedupeWindow = options.DedupeWindow };
    }

    public string Name => "redis";

    public BrokerFeatures Features { get; }

    public BrokerHealth Health => _client.Health;

    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken) =>
        SendAsync(messages, results, SendToAsync, cancellationToken);

    private ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, QueuedSends.Send send, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, messages.Length, nameof(results));
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        if (messages.IsEmpty)
        {
            return default;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            results.Span[..messages.Length].Fill(new SendResult(SendStatus.Failed, new OperationCanceledException(cancellationToken)));
            return default;
        }

        return QueuedSends.ByQueueAsync(messages, results, send, cancellationToken);
    }

    public async ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken)
    {
        AdapterRules.Check(queue, options);
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);

        var keys = KeysOf(queue);
        await _client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
        var levels = AdapterRules.LevelsOf(options.Priorities, QueueKeys.LevelOf);
        foreach (var level in levels)
        {
            // A queue that nobody provisioned is there once someone receives from it.
            await ConsumerGroup.TryCreateAsync(_client, keys.Streams[level], cancellationToken).ConfigureAwait(false);
        }

        var context = new ReceiverContext
        {
            Client = _client,
            Keys = keys,
            Levels = levels,
            Consumer = ReceiverContext.ConsumerName(options.Worker),
            Leases = new LeaseClock(options.Lease, _time),
            Time = _time,
            Telemetry = _telemetry,
            Logger = _logger,
            Closed = receiver => _receivers.TryRemove(receiver, out _),
        };
        var opened = new RedisReceiver(context, _client.OpenBlocking(keys.Streams[levels[0]]), this);
        _receivers[opened] = opened;
        return opened;
    }

    /// <summary>Ends all receivers, without settling, and the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        await _disposed.CancelAsync().ConfigureAwait(false);
        foreach (var receiver in _receivers.Keys)
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
        }

        await _client.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stores what a handler enqueued. No limit of a queue refuses it.</summary>
    internal ValueTask SendThenAsync(JobMessage[] messages, SendResult[] results, CancellationToken cancellationToken) =>
        QueuedSends.ByQueueAsync(
            messages,
            results,
            (queue, part, partResults, token) => SenderOf(queue).SendAsync(part, partResults, isThen: true, token),
            cancellationToken);

    private async ValueTask SendToAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        var sender = SenderOf(queue);
        await sender.SendAsync(messages, results, isThen: false, cancellationToken).ConfigureAwait(false);
        if (sender.WaitsForRoom)
        {
            await QueuedSends.WaitForRoomAsync(
                queue,
                messages,
                results,
                (_, part, partResults, token) => sender.SendAsync(part, partResults, isThen: false, token),
                _time,
                cancellationToken).ConfigureAwait(false);
        }
    }

    private QueueKeys KeysOf(string queue) => _keys.GetOrAdd(queue, static (name, @namespace) => new QueueKeys(@namespace, name), _namespace);

    private QueueSender SenderOf(string queue) => _senders.TryGetValue(queue, out var sender)
        ? sender
        : _senders.GetOrAdd(queue, name => new QueueSender(_client, KeysOf(name), _producer, _options, _time, _telemetry, _logger, _disposed.Token));

    // Waits for a server that is away; a command whose answer was lost is the caller's to judge.
    private async ValueTask<RespReply> ExecuteAsync(RespCommand command, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    return await _client.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
                }
                catch (RedisConnectionException error) when (!error.MayHaveRun)
                {
                    // The connection went between the two calls.
                }
            }
        }
        finally
        {
            command.Release();
        }
    }

    private async ValueTask<long> ReadIntegerAsync(RespCommand command, CancellationToken cancellationToken)
    {
        using var reply = await ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        return reply.GetReader().ReadInteger();
    }
}
