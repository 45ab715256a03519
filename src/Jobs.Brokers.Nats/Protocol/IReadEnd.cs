namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Wants to know when all that came in with one read has been handed out: who waits is woken once, not with each message.</summary>
internal interface IReadEnd
{
    /// <summary>Called by the thread that reads, once for each <see cref="INatsClient.NotifyAtReadEnd"/>.</summary>
    void OnReadEnd();
}
