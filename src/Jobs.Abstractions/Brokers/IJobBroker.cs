namespace Jobs.Brokers;

/// <summary>Carries messages: memory, NATS JetStream, Amazon SQS, Redis Streams.</summary>
/// <remarks>
/// <para>The interface is all that every broker has; <see cref="IDeadLetterQueue"/> and <see cref="IQueueAdmin"/> extend it
/// and are found by <c>is</c>. A decorator claims only what it forwards.</para>
/// <para>1. Safe for concurrent use. 2. The server may be away at any time, at start too: calls back off with jitter and go
/// on when it is back; <see cref="Health"/> says so. 3. Dispose closes receivers that are still open, without settling.</para>
/// </remarks>
public interface IJobBroker : IJobSender, IAsyncDisposable
{
    /// <summary>The name in configuration: <c>memory</c>, <c>nats</c>, <c>sqs</c>, <c>redis</c>.</summary>
    string Name { get; }

    /// <summary>What this broker can do. Constant once <see cref="ProvisionAsync"/> has returned.</summary>
    BrokerFeatures Features { get; }

    /// <summary>How the broker is, as far as this process knows. Cheap.</summary>
    BrokerHealth Health { get; }

    /// <summary>Makes sure that the queues are there. Idempotent; safe from many processes at once.</summary>
    /// <exception cref="JobConfigurationException">In mode <see cref="ProvisionMode.Verify"/> something differs: the message names each difference.</exception>
    ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken);

    /// <summary>Opens a receiver of one queue. Several may be open, here and in other processes: they compete.</summary>
    /// <exception cref="JobConfigurationException">The options ask for more than <see cref="Features"/> offers.</exception>
    ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken);
}
