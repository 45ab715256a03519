using System.Net;
using System.Security.Cryptography;
using System.Text;
using Jobs.Telemetry;
using Jobs.Transport;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A client of the NATS core protocol.</summary>
/// <remarks>
/// <para>https://docs.nats.io/reference/reference-protocols/nats-protocol</para>
/// <para>1. All goes out by one connection at a time, in the order of the calls. 2. A connection is offered to callers only once all
/// subscriptions have been queued on it. 3. Requests end with their connection: their replies could not come by another one.</para>
/// </remarks>
internal sealed partial class NatsClient : INatsClient, IReconnecting, ILinkOwner
{
    /// <summary>How many characters tell inboxes apart.</summary>
    public const int InboxIdLength = 22;

    private readonly Dictionary<string, (byte[] Subject, byte[] Headers)> _first = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly SubscriptionTable _subscriptions = new();
    private readonly NatsConnectionState _state;
    private readonly NatsClientOptions _options;
    private readonly Reconnector _reconnector;
    private readonly NatsServers _servers;
    private readonly MessageRouter _router;
    private readonly ReplySlots _slots;
    private readonly TimeProvider _time;
    private readonly SendRoom _room;
    private readonly JobsTelemetry? _telemetry;
    private readonly ILogger _logger;
    private readonly string _inbox;
    private volatile NatsLink? _link;
    private volatile bool _isLeaving;
    private Deadline? _deadline;
    private volatile bool _isClosing;
    private bool _isAborted;

    private NatsClient(NatsClientOptions options, TimeProvider time, ILogger logger, JobsTelemetry? telemetry)
    {
        _telemetry = telemetry;
        _options = options;
        _time = time;
        _logger = logger;
        _inbox = NewInbox();
        _room = new SendRoom(options.PendingLimit);
        _servers = new NatsServers(options, logger);
        _state = new NatsConnectionState(time, HandlerFailed, logger);
        _slots = new ReplySlots(_inbox, time, HandlerFailed);
        _router = new MessageRouter(_slots, _subscriptions, _inbox, HandlerFailed, logger);
        _reconnector = new Reconnector(this, "jobs-nats", time);
    }

    public BrokerHealth Health => _state.Health;

    public NatsServerInfo? Server => _state.Server;

    public long Reconnects => _state.Reconnects;

    private int MaxPayload => Server?.MaxPayload ?? int.MaxValue;

    /// <summary>Makes a client, which begins to connect at once.</summary>
    /// <param name="options">Where, and how.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of each change.</param>
    /// <param name="telemetry">Counts what went wrong and was only logged; null for nobody.</param>
    public static INatsClient Open(NatsClientOptions options, TimeProvider time, ILogger logger, JobsTelemetry? telemetry = null)
    {
        var client = new NatsClient(options, time, logger, telemetry);
        client._reconnector.Start();
        return client;
    }

    public ValueTask WaitConnectedAsync(CancellationToken cancellationToken) => _state.WaitAsync(cancellationToken);

    public void AddListener(IConnectionListener listener) => _state.Add(listener);

    public void RemoveListener(IConnectionListener listener) => _state.Remove(listener);

    public NatsBatch RentBatch() => NatsBatch.Rent(_slots, MaxPayload);

    public void Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var batch = RentBatch();
        try
        {
            batch.Publish(subject, replyTo, headers, payload);
        }
        catch
        {
            batch.Dispose();
            throw;
        }

        if (TrySend(batch, default) is { } error)
        {
            throw error;
        }
    }

    public ValueTask<HeldMessage> RequestAsync(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HeldMessage>(cancellationToken);
        }

        var pending = PendingRequest.Rent(_router, _slots);
        var batch = RentBatch();
        try
        {
            batch.Request(subject, headers, payload, pending, token: 0);
        }
        catch
        {
            batch.Dispose();
            pending.Return();
            throw;
        }

        return _room.IsFull ? SendLaterAsync(batch, pending, timeout, cancellationToken) : Send(batch, pending, timeout, cancellationToken);
    }

    public NatsException? TrySend(NatsBatch batch, TimeSpan timeout)
    {
        var length = batch.Length;
        var hasRequests = batch.Requests.Count > 0;
        NatsException? error;
        if (_link is not { } link || (hasRequests && _isLeaving))
        {
            error = NotConnected();
        }
        else if (hasRequests && _router.InboxRefusal is { } refusal)
        {
            error = refusal;
        }
        else if (!_room.TryEnter(length))
        {
            error = new NatsBufferFullException(_room.Bytes);
        }
        else
        {
            if (hasRequests)
            {
                _slots.Activate(batch.Requests, timeout);
            }

            if (link.TrySend(batch))
            {
                return null;
            }

            _room.Leave(length);
            error = NotConnected();
        }

        _slots.Fail(batch.Requests, error);
        batch.Return();
        return error;
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    public INatsSubscription Subscribe(string subject, IMessageHandler handler, string? queueGroup = null)
    {
        NatsSubject.Check(Encoding.UTF8.GetBytes(subject));
        if (queueGroup is not null)
        {
            NatsSubject.Check(Encoding.UTF8.GetBytes(queueGroup));
        }

        lock (_lock)
        {
            var added = _subscriptions.Add(subject, queueGroup, handler, Stop, Unsubscribe);
            if (_link is { } link)
            {
                var batch = RentBatch();
                added.AddTo(batch);
                link.TrySendCommand(batch);
            }

            return added;
        }
    }

    public void PublishFirst(string subject, ReadOnlySpan<byte> headers)
    {
        var (to, block) = (Encoding.UTF8.GetBytes(subject), headers.ToArray());
        lock (_lock)
        {
            if (_first.TryAdd(subject, (to, block)) && Server is { StandsAlone: true })
            {
                _link?.TrySendCommand(RentBatch().Publish(to, default, block, default));
            }
        }
    }

    public string NewInbox() => $"{_options.InboxPrefix}.{RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", InboxIdLength)}";

    public void NotifyAtReadEnd(IReadEnd waiting) => _router.NotifyAtReadEnd(waiting);

    public ValueTask FlushAsync(CancellationToken cancellationToken) =>
        _link is { } link ? new ValueTask(link.BarrierAsync(cancellationToken)) : ValueTask.FromException(NotConnected());

    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        _isClosing = true;
        if (_link is { } link)
        {
            await LeaveAsync(link, new ObjectDisposedException(nameof(NatsClient)), cancellationToken).ConfigureAwait(false);
        }

        await _reconnector.DisposeAsync().ConfigureAwait(false);
        _state.Closed();
        _slots.FailAll(static _ => new NatsConnectionException("The client of NATS is disposed.", mayHaveArrived: true));
        _room.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync(CancellationToken.None).ConfigureAwait(false);
        _slots.Dispose();
    }

    void ILinkOwner.Informed(NatsServerInfo info)
    {
        _state.Informed(info);
        _servers.Learn(info);
        if (!info.IsLameDuck || _isLeaving || _link is not { } link)
        {
            return;
        }

        if (_servers.HasOthers)
        {
            NatsLog.Leaving(_logger, info.Name);
            _isLeaving = true;
            _ = LeaveAsync(link, new IOException("The server is about to stop."), CancellationToken.None);
        }
        else
        {
            NatsLog.NowhereToGo(_logger, info.Name);
        }
    }

    void ILinkOwner.Closed(Exception cause, IReadOnlyCollection<NatsBatch> waiting)
    {
        lock (_lock)
        {
            _link = null;
        }

        var message = $"The connection to NATS at {Address(_servers.Current)} was lost: {cause.Message}";
        if (!_reconnector.IsStopping && !_isClosing)
        {
            _state.Disconnected(new ConnectFailure(message, MustBeMended: false));
        }

        foreach (var batch in waiting)
        {
            _slots.Fail(batch.Requests, new NatsConnectionException(message, mayHaveArrived: false, cause));
        }

        _slots.FailAll(_ => new NatsConnectionException(message, mayHaveArrived: true, cause));
        _isLeaving = false;
        if (waiting.Count > 0)
        {
            NatsLog.NotSent(_logger, waiting.Sum(static batch => batch.Count), message);
        }

        _room.Release();
        _state.Lost(cause);
    }

    private static string Address(DnsEndPoint server) => $"{server.Host}:{server.Port}";

    private async ValueTask<HeldMessage> SendLaterAsync(NatsBatch batch, PendingRequest pending, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            batch.Dispose();
            pending.Return();
            throw;
        }

        return await Send(batch, pending, timeout, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<HeldMessage> Send(NatsBatch batch, PendingRequest pending, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var id = batch.Requests[0];
        var result = pending.Result;
        if (TrySend(batch, timeout) is null)
        {
            pending.CancelWith(id, cancellationToken);
        }

        return result;
    }

    private void Unsubscribe(NatsSubscription subscription)
    {
        lock (_lock)
        {
            if (_subscriptions.Remove(subscription))
            {
                Stop(subscription);
            }
        }
    }

    private void Stop(NatsSubscription subscription)
    {
        lock (_lock)
        {
            if (!subscription.IsStopped)
            {
                subscription.IsStopped = true;
                _link?.TrySendCommand(RentBatch().Unsubscribe(subscription.Id));
            }
        }
    }

    private void HandlerFailed(Exception exception)
    {
        NatsLog.HandlerFailed(_logger, exception);
        _telemetry?.ErrorSwallowed("nats-handler");
    }

    private NatsConnectionException NotConnected() =>
        new($"There is no connection to NATS: {(_isLeaving ? "its server is about to stop." : Health.Error ?? "it has just ended.")}", mayHaveArrived: false);
}
