using System.Text;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Receiving;

namespace Jobs.Brokers.Nats.Delaying;

/// <summary>Receives what one bucket has, together with the readers of other processes, and holds it until it is due.</summary>
/// <remarks>Without a limit of its own for the finest buckets: what is due first may have been stored last.</remarks>
internal sealed class BucketReader : IPullOwner, IDisposable
{
    private const int AskedAtOnce = 1_000;
    private const int MostHeld = 50_000;

    private readonly Lock _lock = new();
    private readonly PriorityQueue<DelayedMessage, long> _held = new();
    private readonly PullConsumer _consumer;
    private readonly Action _arrived;
    private readonly TimeProvider _time;

    /// <param name="client">The client.</param>
    /// <param name="names">The names.</param>
    /// <param name="bucket">The bucket; its consumer is there.</param>
    /// <param name="arrived">Called when something has come in.</param>
    /// <param name="time">The clock.</param>
    public BucketReader(INatsClient client, NatsNames names, DelayBucket bucket, Action arrived, TimeProvider time)
    {
        (Bucket, _arrived, _time) = (bucket, arrived, time);
        UsedAt = time.GetTimestamp();
        _consumer = new PullConsumer(client, names.DelayStream, NatsNames.BucketConsumer(bucket.Name), 0, this, time);
    }

    public DelayBucket Bucket { get; }

    /// <summary>When something last came in, or was known to be held elsewhere: a timestamp.</summary>
    public long UsedAt { get; set; }

    /// <summary>True once the server has said that the consumer is gone, or has been silent for too long.</summary>
    public bool IsLost => _consumer.IsGone || _consumer.TryGiveUp();

    /// <summary>True if nothing is held.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _held.Count == 0;
            }
        }
    }

    /// <summary>When the first of what is held is due, in milliseconds since 1970; null if nothing is.</summary>
    public long? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _held.TryPeek(out _, out var due) ? due : null;
            }
        }
    }

    /// <summary>Asks for more, unless enough has been asked for or is held.</summary>
    public void Ask()
    {
        bool isFull;
        lock (_lock)
        {
            isFull = _held.Count >= MostHeld;
        }

        if (!isFull && _consumer.Outstanding <= AskedAtOnce / 2)
        {
            _consumer.Pull(AskedAtOnce, wait: true);
        }
    }

    /// <summary>Nothing that was asked for will come: the connection was lost.</summary>
    public void Forget() => _consumer.Forget();

    /// <summary>Takes what is due.</summary>
    public void TakeDue(long now, List<DelayedMessage> due, int most)
    {
        lock (_lock)
        {
            while (due.Count < most && _held.TryPeek(out var message, out var dueAt) && dueAt <= now)
            {
                _held.Dequeue();
                due.Add(message);
            }
        }
    }

    /// <summary>Takes one back that could not go on.</summary>
    public void PutBack(DelayedMessage message, long due)
    {
        lock (_lock)
        {
            _held.Enqueue(message, due);
        }
    }

    /// <summary>Asks for no more; what the server had sent before it knew still comes.</summary>
    public void Stop() => _consumer.Stop();

    public void Dispose() => _consumer.Dispose();

    void IPullOwner.OnDelivery(PullConsumer consumer, in AckSubject ack, in NatsMessage message)
    {
        if (Read(ack, message) is not { } delayed)
        {
            return;
        }

        UsedAt = delayed.ArrivedAt;
        lock (_lock)
        {
            // What is filed anew need not wait.
            _held.Enqueue(delayed, Bucket.IsFinest ? delayed.Due : 0);
        }
    }

    void IPullOwner.OnPause(PullConsumer consumer) => _arrived();

    // Null for a subject that is none of ours.
    private DelayedMessage? Read(in AckSubject ack, in NatsMessage message)
    {
        var level = NatsNames.LevelOf(message.Subject);
        var parts = Encoding.UTF8.GetString(message.Subject).Split('.');
        if (level < 0 || parts.Length != 5)
        {
            return null;
        }

        var headers = message.Headers;
        if (!headers.TryGet(Headers.Id, out var id))
        {
            headers.TryGet(Headers.MessageId, out id);
        }

        headers.TryGet(Headers.State, out var state);
        return new DelayedMessage(
            Bucket,
            headers.ReadNumber(Headers.Due) ?? 0,
            parts[3],
            level,
            id.ToArray(),
            state.ToArray(),
            message.Payload.ToArray(),
            message.ReplyTo.ToArray(),
            ack.StreamSequence,
            _time.GetTimestamp());
    }
}
