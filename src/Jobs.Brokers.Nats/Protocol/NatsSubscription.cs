using System.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>One entry of the <see cref="SubscriptionTable"/>.</summary>
internal sealed class NatsSubscription(long id, string subject, string? queueGroup, IMessageHandler handler, Action<NatsSubscription> stop, Action<NatsSubscription> remove) : INatsSubscription
{
    private readonly byte[] _subject = Encoding.UTF8.GetBytes(subject);
    private readonly byte[] _queueGroup = Encoding.UTF8.GetBytes(queueGroup ?? "");

    public long Id => id;

    public string Subject => subject;

    public IMessageHandler Handler => handler;

    /// <summary>True once the server has been asked for no more, or would be.</summary>
    public bool IsStopped { get; set; }

    public void AddTo(NatsBatch batch) => batch.Subscribe(_subject, _queueGroup, id);

    public void Stop() => stop(this);

    public void Dispose() => remove(this);
}
