namespace Jobs;

/// <summary>What becomes of a tick while the one before it has not ended. Dead-lettered and cancelled have ended.</summary>
public enum OverlapPolicy
{
    /// <summary>It runs beside it.</summary>
    Allow,

    /// <summary>It is dropped, and counted.</summary>
    Skip,

    /// <summary>It waits; of several that wait the latest runs, and the others are dropped, and counted.</summary>
    QueueOne,

    /// <summary>The one before is cancelled, and this one runs.</summary>
    CancelPrevious,
}
