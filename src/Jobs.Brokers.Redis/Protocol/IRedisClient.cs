namespace Jobs.Brokers.Redis.Protocol;

/// <summary>What the broker needs of a Redis client. Safe for concurrent use.</summary>
/// <remarks>Connects in the background, at once and whenever the connection is lost, until it is disposed.</remarks>
internal interface IRedisClient : IAsyncDisposable
{
    /// <summary>Whether the server (in a cluster: every node with slots) answers, since when, and why not. Cheap.</summary>
    BrokerHealth Health { get; }

    /// <summary>Raised with each connection made after the first; in a cluster, by any node. A lease that seems to have passed may only have been unreachable.</summary>
    long Reconnects { get; }

    /// <summary>Completes when there is a connection; at once if there is one.</summary>
    /// <exception cref="JobConfigurationException">It cannot be connected until someone mends something: a wrong password, another kind of server.</exception>
    ValueTask WaitConnectedAsync(CancellationToken cancellationToken);

    /// <summary>Sends a command over the shared, pipelined connection. Commands for one node arrive in the order of the calls,
    /// but for those that a cluster sends elsewhere while a slot moves, and for scripts that somebody makes the server forget (SCRIPT FLUSH).</summary>
    /// <param name="command">The command; the client's until the task has completed.</param>
    /// <param name="cancellationToken">Ends the wait, not the command.</param>
    /// <exception cref="RedisServerException">The server refused it.</exception>
    /// <exception cref="RedisConnectionException">There is no connection (at once), or it ended.</exception>
    ValueTask<RespReply> ExecuteAsync(RespCommand command, CancellationToken cancellationToken);

    /// <summary>The same, synchronously: no thread of the pool takes part.</summary>
    /// <exception cref="TimeoutException">No answer in time; the command may have run.</exception>
    RespReply Execute(RespCommand command, TimeSpan timeout);

    /// <summary>True if another client is known to use the same database of the same server, and that is no cluster: a script may touch what both have.</summary>
    bool SharesDatabaseWith(IRedisClient other);

    /// <summary>A connection of its own for reads that wait, to the node that owns a key. It connects when it is used, and again when it was lost.</summary>
    /// <param name="key">A key of the queue.</param>
    IBlockingConnection OpenBlocking(ReadOnlyMemory<byte> key);

    /// <summary>A connection of its own for messages, which connects while somebody listens.</summary>
    /// <param name="key">A key of those who publish: their node of a cluster is listened to.</param>
    /// <param name="lost">Told why a connection ended.</param>
    ISubscriber OpenSubscriber(ReadOnlyMemory<byte> key, Action<string> lost);
}
