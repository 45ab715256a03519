using System.Net;
using System.Text;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <content>How a connection begins, and how it is left.</content>
internal sealed partial class NatsClient
{
    ConnectionEnd IReconnecting.RunOnce()
    {
        var server = _servers.Current;
        NatsLink? link = null;
        try
        {
            link = Connect(server);
            link.Run();
        }
        catch (Exception exception)
        {
            var failure = ConnectFailure.Of(exception, server, _options);
            if (!_reconnector.IsStopping)
            {
                _state.Disconnected(failure);
            }

            return failure.MustBeMended ? ConnectionEnd.MustBeMended : ConnectionEnd.Unreachable;
        }
        finally
        {
            link?.Dispose();
            _servers.MoveOn();
        }

        return ConnectionEnd.Lost;
    }

    void IReconnecting.Abort()
    {
        lock (_lock)
        {
            _isAborted = true;
            _deadline?.End();
        }

        _link?.Close(new ObjectDisposedException(nameof(NatsClient)));
    }

    private NatsLink Connect(DnsEndPoint server)
    {
        using var deadline = BeginDeadline();
        using var channel = NatsGreeting.Open(server, _servers.TlsHost(server), _options, deadline, out var info);
        if (!info.HasHeaders)
        {
            throw new NatsConfigurationException($"NATS at {Address(server)} is version {info.Version} without headers: 2.9 or later is needed, with headers switched on.");
        }

        _servers.Learn(info);
        _router.Reset();
        _isLeaving = false;
        var link = new NatsLink(channel, this, _router, _slots, _room, _options, _time);
        lock (_lock)
        {
            _deadline = null;
            var batch = NatsBatch.Rent(_slots, info.MaxPayload).Subscribe(Encoding.UTF8.GetBytes($"{_inbox}.*"), [], SubscriptionTable.Inbox);
            foreach (var subscription in _subscriptions.All.Where(static subscription => !subscription.IsStopped))
            {
                subscription.AddTo(batch);
            }

            if (info.StandsAlone)
            {
                foreach (var (subject, headers) in _first.Values)
                {
                    batch.Publish(subject, default, headers, default);
                }
            }

            link.TrySendCommand(batch);
            _state.Informed(info);
            _link = link;
            if (_isAborted)
            {
                link.Close(new ObjectDisposedException(nameof(NatsClient)));
            }
        }

        _state.Connected(server, info);
        return link;
    }

    private async Task LeaveAsync(NatsLink link, Exception cause, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        using var limit = new CancellationTokenSource(_options.DrainTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await link.DrainAsync(_subscriptions.All, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or NatsException)
        {
            NatsLog.NotLeftInOrder(_logger, exception.Message);
            _telemetry?.ErrorSwallowed("nats-drain");
        }

        link.Close(cause);
    }

    private Deadline BeginDeadline()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isAborted, this);
            return _deadline = new Deadline(_options.ConnectTimeout, _time);
        }
    }
}
