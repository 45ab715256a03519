using Jobs.Transport;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Gives what comes in to whom it is for. Used by the thread that reads.</summary>
/// <remarks>A handler that throws is logged; it ends neither the connection nor the messages of others.</remarks>
internal sealed class MessageRouter(ReplySlots slots, SubscriptionTable subscriptions, string inbox, Action<Exception> handlerFailed, ILogger logger)
{
    private const int NoResponders = 503;
    private const int MostRefusals = 256;

    private readonly List<IReadEnd> _atReadEnd = [];
    private readonly HashSet<string> _refusals = [];
    private volatile NatsPermissionException? _inboxRefusal;

    /// <summary>Set if the user may not receive replies: then no request is answered.</summary>
    public NatsPermissionException? InboxRefusal => _inboxRefusal;

    public void Deliver(SharedBuffer buffer, int start, in Frame frame)
    {
        try
        {
            var message = new NatsMessage(buffer, start, frame);
            if (frame.SubscriptionId == SubscriptionTable.Inbox)
            {
                Answer(message);
            }
            else if (subscriptions.TryFind(frame.SubscriptionId, out var subscription))
            {
                subscription.Handler.OnMessage(message);
            }
        }
        catch (Exception exception)
        {
            handlerFailed(exception);
        }
    }

    public void NotifyAtReadEnd(IReadEnd waiting) => _atReadEnd.Add(waiting);

    /// <summary>All that came in with one read has been delivered.</summary>
    public void EndRead()
    {
        foreach (var waiting in _atReadEnd)
        {
            try
            {
                waiting.OnReadEnd();
            }
            catch (Exception exception)
            {
                handlerFailed(exception);
            }
        }

        _atReadEnd.Clear();
    }

    /// <summary>There is a new connection: what was refused may be allowed now.</summary>
    public void Reset()
    {
        _inboxRefusal = null;
        _refusals.Clear();
    }

    /// <summary>The server refused something, and goes on. Whoever waits for it is told.</summary>
    public void Refuse(string error)
    {
        var subject = ServerError.Subject(error);
        var isSubscription = error.StartsWith($"{ServerError.Permission} for Subscription", StringComparison.OrdinalIgnoreCase);
        var refusal = new NatsPermissionException($"The user of the connection may not {(isSubscription ? "subscribe" : "publish")} to '{subject}': allow it in the permissions of the user, or of its account, at the server.", subject);
        // A refusal of each message would be a log of each message.
        if (_refusals.Count < MostRefusals && _refusals.Add(error))
        {
            NatsLog.Refused(logger, subject.Length == 0 ? error : refusal.Message);
        }

        if (!error.StartsWith(ServerError.Permission, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (!isSubscription)
        {
            RefuseRequests(subject, refusal);
        }
        else if (subject.StartsWith(inbox, StringComparison.Ordinal) && subject[inbox.Length..] == ".*")
        {
            _inboxRefusal = new NatsPermissionException($"The user of the connection may not subscribe to '{subject}', by which replies come: allow '{inbox.Split('.')[0]}.>' in its permissions at the server, or set 'inboxPrefix' in the connection string to what is allowed.", subject);
            slots.FailAll(_ => _inboxRefusal);
        }
        else
        {
            RefuseSubscriptions(subject, refusal);
        }
    }

    private void RefuseRequests(string subject, NatsPermissionException refusal)
    {
        // Where it is the subject of the reply that is refused, it tells the request.
        if (slots.TryRead(System.Text.Encoding.UTF8.GetBytes(subject), out var id) && slots.TryTake(id, withSubject: false, out var request))
        {
            slots.Tell(request, refusal);
            return;
        }

        slots.FailAll(_ => refusal, subject);
    }

    private void RefuseSubscriptions(string subject, NatsPermissionException refusal)
    {
        foreach (var subscription in subscriptions.All)
        {
            if (subscription.Subject == subject)
            {
                try
                {
                    subscription.Handler.OnRefused(refusal);
                }
                catch (Exception exception)
                {
                    handlerFailed(exception);
                }
            }
        }
    }

    private void Answer(in NatsMessage message)
    {
        if (!slots.TryRead(message.Subject, out var id))
        {
            return;
        }

        // Its request may have been given up since.
        var hasNoResponders = message.Status == NoResponders && message.Payload.IsEmpty;
        if (!slots.TryTake(id, hasNoResponders, out var request))
        {
            return;
        }

        if (hasNoResponders)
        {
            slots.Tell(request, new NatsNoRespondersException(request.Subject));
        }
        else
        {
            request.Handler.OnReply(request.Token, message);
        }
    }
}
