namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Takes the messages of a subscription.</summary>
internal interface IMessageHandler
{
    /// <summary>A message has come. Called by the thread that reads, which must not be held up; in the order of arrival.</summary>
    /// <param name="message">Valid during the call only: what is kept is copied, or held by <see cref="NatsMessage.Hold"/>.</param>
    void OnMessage(in NatsMessage message);

    /// <summary>The server refuses the subscription: no message will come by it. Asked for again with each connection.</summary>
    void OnRefused(NatsPermissionException error);
}
