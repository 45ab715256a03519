namespace Jobs.Keys;

/// <summary>What is known of the job that has a key.</summary>
internal enum KeyPhase
{
    /// <summary>Somebody is about to send it: it may exist or not. Ends soon, if need be by expiry.</summary>
    Reserved,

    /// <summary>It exists and waits: for a worker, its time, or its next attempt.</summary>
    Waiting,

    /// <summary>A worker runs it.</summary>
    Running,
}
