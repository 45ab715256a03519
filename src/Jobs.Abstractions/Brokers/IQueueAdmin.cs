namespace Jobs.Brokers;

/// <summary>A broker's queues: look, pause, purge.</summary>
public interface IQueueAdmin : IJobBroker
{
    /// <summary>How full a queue is.</summary>
    /// <remarks>A job that moves meanwhile, because it is put off or becomes due, may be counted twice. It is never left out, so all zero means that nothing is
    /// left; but not where the broker only estimates: on SQS.</remarks>
    ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>Stops, or resumes, handing out messages of a queue, for all workers. Deliveries in hand are unaffected.</summary>
    ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default);

    /// <summary>Whether a queue is paused.</summary>
    ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>Removes all waiting and delayed messages of a queue for good. Deliveries in hand and dead letters stay.</summary>
    /// <returns>How many.</returns>
    ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default);
}
