namespace Jobs.Brokers.Nats.Protocol;

/// <summary>What the broker needs of a NATS client. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Connects in the background, at once and whenever the connection is lost, until it is disposed. Messages go out in the order of the calls.</para>
/// <para>Headers are a whole block as <see cref="NatsHeaderBlock"/> makes it, or empty. Subjects are checked: <see cref="ArgumentException"/>.</para>
/// </remarks>
internal interface INatsClient : IAsyncDisposable
{
    /// <summary>Whether the server answers, since when, and why not. Cheap.</summary>
    BrokerHealth Health { get; }

    /// <summary>The server that is connected, or was last; null before the first.</summary>
    NatsServerInfo? Server { get; }

    /// <summary>Raised with each connection made after the first.</summary>
    long Reconnects { get; }

    /// <summary>Completes when there is a connection; at once if there is one.</summary>
    /// <exception cref="JobConfigurationException">It cannot be connected until someone mends something: wrong credentials, another kind of server.</exception>
    ValueTask WaitConnectedAsync(CancellationToken cancellationToken);

    /// <summary>From now on told of connections; at once if there is one.</summary>
    void AddListener(IConnectionListener listener);

    void RemoveListener(IConnectionListener listener);

    /// <summary>Queues a message that nobody answers: an acknowledgement, a renewal. Never waits, and needs no pool thread.</summary>
    /// <exception cref="NatsConnectionException">There is no connection.</exception>
    /// <exception cref="NatsBufferFullException">Too much waits to be sent already.</exception>
    /// <exception cref="NatsMaxPayloadException">It is too large.</exception>
    void Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload);

    /// <summary>Sends a request and gives its first reply, whatever its status but 503. Dispose the reply.</summary>
    /// <param name="subject">Where to.</param>
    /// <param name="headers">A block, or empty.</param>
    /// <param name="payload">The caller's again when the call returns.</param>
    /// <param name="timeout">How long to wait for the reply.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    /// <exception cref="NatsException">As for <see cref="IReplyHandler.OnFailure"/>, and as for <see cref="Publish"/>.</exception>
    ValueTask<HeldMessage> RequestAsync(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>An empty batch, from a pool; to be given to <see cref="TrySend"/>, or disposed.</summary>
    NatsBatch RentBatch();

    /// <summary>Queues all messages of a batch, which go out in one write. Never waits. The batch belongs to the client from now on.</summary>
    /// <param name="batch">Messages and requests.</param>
    /// <param name="timeout">How long to wait for each reply.</param>
    /// <returns>Null; or why nothing was sent (no connection, no room). Then each request in it has heard so, too.</returns>
    NatsException? TrySend(NatsBatch batch, TimeSpan timeout);

    /// <summary>Completes when there is room for more to be sent, or no connection.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);

    /// <summary>Subscribes now, and again with each connection.</summary>
    /// <param name="subject">May have wildcards.</param>
    /// <param name="handler">Takes the messages.</param>
    /// <param name="queueGroup">Each message goes to one member of the group; null: to all.</param>
    INatsSubscription Subscribe(string subject, IMessageHandler handler, string? queueGroup = null);

    /// <summary>Publishes now, if there is a connection, and first of all on each new one: nothing else of this client reaches the server before it.
    /// Only to a server that stands alone.</summary>
    /// <param name="subject">Once for each.</param>
    /// <param name="headers">A block, or empty.</param>
    void PublishFirst(string subject, ReadOnlySpan<byte> headers);

    /// <summary>A subject that nobody else has, to receive replies by a subscription of one's own.</summary>
    string NewInbox();

    /// <summary>Calls back once all that came in with the present read has been handed out. For handlers, on the thread that reads.</summary>
    void NotifyAtReadEnd(IReadEnd waiting);

    /// <summary>Completes when the server has taken all that was published before.</summary>
    /// <exception cref="NatsConnectionException">There is no connection, or it ended.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>Ends all subscriptions, hands out what was under way, sends what waits, and stays disconnected. Disposing does so, too, for a while.</summary>
    ValueTask DrainAsync(CancellationToken cancellationToken);
}
