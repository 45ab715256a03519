using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>Asks one consumer of a stream for messages, and keeps count of what may still come.</summary>
/// <remarks>
/// <para>1. The server fills requests in their order, so each message counts for the oldest; a status ends the request whose inbox it was sent to.</para>
/// <para>2. A request that waits is answered with heartbeats: when they fail to come, nothing that was asked for counts any more. Nor after a lost connection.</para>
/// <para>3. Safe for concurrent use; the owner is called without the lock.</para>
/// </remarks>
internal sealed class PullConsumer : IMessageHandler, IReadEnd, IDisposable
{
    /// <summary>How often the server says that a request still waits; it keeps one for 30 s.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<PullRequest> _requests = [];
    private readonly INatsClient _client;
    private readonly IPullOwner _owner;
    private readonly TimeProvider _time;
    private readonly string _subject;
    private readonly byte[] _next;
    private readonly byte[] _inbox;
    private INatsSubscription _subscription;
    private IOException? _refusal;
    private bool _isStopped;
    private long _lastId;
    private long _heardAt;
    private bool _isAtReadEnd;

    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="consumer">The consumer.</param>
    /// <param name="level">What the owner calls it.</param>
    /// <param name="owner">Takes the messages.</param>
    /// <param name="time">The clock.</param>
    public PullConsumer(INatsClient client, string stream, string consumer, int level, IPullOwner owner, TimeProvider time)
    {
        (_client, _owner, _time, Level) = (client, owner, time, level);
        _next = Encoding.UTF8.GetBytes($"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}");
        var inbox = client.NewInbox();
        _inbox = Encoding.UTF8.GetBytes($"{inbox}.");
        _subject = $"{inbox}.*";
        _subscription = client.Subscribe(_subject, this);
    }

    public int Level { get; }

    /// <summary>True once the server has said that the consumer is not there.</summary>
    public bool IsGone { get; private set; }

    /// <summary>True once nobody has answered a request: the consumer was deleted while nothing was asked of it, or has no leader yet.</summary>
    public bool IsUnanswered { get; private set; }

    /// <summary>How many messages may still come of what was asked for.</summary>
    public int Outstanding
    {
        get
        {
            lock (_lock)
            {
                var left = 0;
                foreach (var request in _requests)
                {
                    left += request.Left;
                }

                return left;
            }
        }
    }

    /// <summary>True while a request that does not wait has not been answered.</summary>
    public bool IsAsking
    {
        get
        {
            lock (_lock)
            {
                return _requests.Exists(static request => request.NoWait);
            }
        }
    }

    /// <summary>Asks for messages.</summary>
    /// <param name="count">At most how many.</param>
    /// <param name="wait">False: only what is there.</param>
    /// <exception cref="NatsException">It cannot be sent.</exception>
    public void Pull(int count, bool wait)
    {
        Span<byte> reply = stackalloc byte[_inbox.Length + 20];
        _inbox.CopyTo(reply);
        Span<byte> body = stackalloc byte[160];
        var text = wait
            ? Format(body, count, ",\"expires\":30000000000,\"idle_heartbeat\":5000000000}"u8)
            : Format(body, count, ",\"no_wait\":true}"u8);
        lock (_lock)
        {
            if (_requests.Count == 0)
            {
                _heardAt = _time.GetTimestamp();
            }

            var id = ++_lastId;
            id.TryFormat(reply[_inbox.Length..], out var digits, provider: CultureInfo.InvariantCulture);
            _client.Publish(_next, reply[..(_inbox.Length + digits)], [], text);
            _requests.Add(new PullRequest(id, count, !wait));
        }
    }

    /// <summary>Why the server did not let us receive, or null. Told once; then it may be tried again.</summary>
    public IOException? TakeRefusal()
    {
        var refusal = Interlocked.Exchange(ref _refusal, null);
        lock (_lock)
        {
            if (refusal is NatsPermissionException && !_isStopped)
            {
                // Permissions change without a new connection, and the server tells nobody.
                _subscription.Dispose();
                _subscription = _client.Subscribe(_subject, this);
            }
        }

        return refusal;
    }

    /// <summary>The consumer has been made again.</summary>
    public void Renewed()
    {
        Forget();
        IsGone = IsUnanswered = false;
    }

    /// <summary>Nothing that was asked for will come.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _requests.Clear();
        }
    }

    /// <summary>True if the server has been silent for so long that what was asked for may have been forgotten; it then counts no more.</summary>
    public bool TryGiveUp()
    {
        lock (_lock)
        {
            if (_requests.Count == 0 || _time.GetElapsedTime(_heardAt) < Heartbeat * 2)
            {
                return false;
            }

            _requests.Clear();
            return true;
        }
    }

    /// <summary>Asks for no more; what the server had sent before it knew still comes.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _subscription.Stop();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = true;
            _subscription.Dispose();
        }
    }

    void IMessageHandler.OnMessage(in NatsMessage message)
    {
        if (message.ReplyTo.IsEmpty || !AckSubject.TryParse(message.ReplyTo, out var ack))
        {
            OnStatus(message);
            return;
        }

        // First it has arrived, then it counts no more: for who adds up both there must be no moment in which it is neither.
        _owner.OnDelivery(this, ack, message);
        lock (_lock)
        {
            _heardAt = _time.GetTimestamp();
            Count();
        }

        NotifyAtReadEnd();
    }

    void IMessageHandler.OnRefused(NatsPermissionException error)
    {
        _refusal = error;
        Forget();
        _owner.OnPause(this);
    }

    void IReadEnd.OnReadEnd()
    {
        _isAtReadEnd = false;
        _owner.OnPause(this);
    }

    // By the thread that reads only.
    private void NotifyAtReadEnd()
    {
        if (!_isAtReadEnd)
        {
            _isAtReadEnd = true;
            _client.NotifyAtReadEnd(this);
        }
    }

    private void OnStatus(in NatsMessage message)
    {
        var status = message.Status;
        lock (_lock)
        {
            _heardAt = _time.GetTimestamp();
            if (status == 100)
            {
                return;
            }

            var text = message.Headers.StatusText;
            IsGone |= status == 409 && text.StartsWith("Consumer Deleted"u8);
            IsUnanswered |= status == 503;
            if (status is 400 or 503 || (status == 409 && text.StartsWith("Exceeded"u8)))
            {
                // To ask again at once would bring the same answer.
                _refusal = new JetStreamException(JetStreamErrorKind.Unavailable, status, 0, $"JetStream hands out nothing: {(status == 503 ? "nobody answers" : Encoding.UTF8.GetString(text))} (status {status}).");
            }

            if (IsGone || (status == 409 && text.StartsWith("Leadership Change"u8)))
            {
                _requests.Clear();
            }
            else if (Utf8Parser.TryParse(message.Subject[(message.Subject.LastIndexOf((byte)'.') + 1)..], out long id, out _))
            {
                _requests.RemoveAll(request => request.Id == id);
            }
        }

        NotifyAtReadEnd();
    }

    private void Count()
    {
        if (_requests.Count == 0)
        {
            return;
        }

        var oldest = _requests[0];
        if (oldest.Left > 1)
        {
            _requests[0] = oldest with { Left = oldest.Left - 1 };
        }
        else
        {
            _requests.RemoveAt(0);
        }
    }

    private static ReadOnlySpan<byte> Format(Span<byte> body, int count, ReadOnlySpan<byte> rest)
    {
        "{\"batch\":"u8.CopyTo(body);
        count.TryFormat(body[9..], out var digits, provider: CultureInfo.InvariantCulture);
        rest.CopyTo(body[(9 + digits)..]);
        return body[..(9 + digits + rest.Length)];
    }
}
