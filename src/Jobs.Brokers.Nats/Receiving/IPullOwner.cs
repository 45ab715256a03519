using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>Takes what a <see cref="PullConsumer"/> receives. Called by the thread that reads.</summary>
internal interface IPullOwner
{
    /// <summary>A message has come.</summary>
    void OnDelivery(PullConsumer consumer, in AckSubject ack, in NatsMessage message);

    /// <summary>All that came in with one read has been handed over; or a request has ended, or cannot be filled any more.</summary>
    void OnPause(PullConsumer consumer);
}
