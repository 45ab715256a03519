namespace Jobs.Monitoring;

/// <summary>Where a job stands.</summary>
public enum JobState
{
    /// <summary>Enqueued; it has not been started, or was handed back.</summary>
    Pending,

    /// <summary>A worker runs it. Told of runs that take longer than 250 ms.</summary>
    Running,

    /// <summary>An attempt failed; it runs again.</summary>
    Retrying,

    /// <summary>Put off, nothing recorded; it runs again.</summary>
    Deferred,

    /// <summary>It succeeded.</summary>
    Succeeded,

    /// <summary>It failed for good, and waits in the dead-letter queue for a person.</summary>
    DeadLettered,

    /// <summary>It was cancelled, or expired before it started.</summary>
    Cancelled,
}
