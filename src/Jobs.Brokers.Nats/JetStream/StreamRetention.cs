namespace Jobs.Brokers.Nats.JetStream;

/// <summary>When a stream forgets a message.</summary>
internal enum StreamRetention
{
    /// <summary>When a limit is reached.</summary>
    Limits,

    /// <summary>When every consumer has acknowledged it.</summary>
    Interest,

    /// <summary>When it has been acknowledged.</summary>
    WorkQueue,
}
