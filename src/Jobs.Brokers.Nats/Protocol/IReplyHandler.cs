namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Takes the replies to requests of a batch. For each request one of the two is called, once.</summary>
internal interface IReplyHandler
{
    /// <summary>The reply has come. Called by the thread that reads, which must not be held up.</summary>
    /// <param name="token">What was given with the request.</param>
    /// <param name="reply">Valid during the call only.</param>
    void OnReply(long token, in NatsMessage reply);

    /// <summary>No reply will come: <see cref="NatsNoRespondersException"/>, <see cref="NatsTimeoutException"/>, <see cref="NatsPermissionException"/>,
    /// or <see cref="NatsConnectionException"/>. Called by any thread, that of <see cref="INatsClient.TrySend"/> included.</summary>
    void OnFailure(long token, NatsException error);
}
