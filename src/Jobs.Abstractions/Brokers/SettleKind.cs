namespace Jobs.Brokers;

/// <summary>How a delivery ends.</summary>
public enum SettleKind
{
    /// <summary>The job is done.</summary>
    Complete,

    /// <summary>A failure is recorded; the job runs again at <see cref="Settlement.Due"/>.</summary>
    Retry,

    /// <summary>Nothing is recorded; the job runs at <see cref="Settlement.Due"/>.</summary>
    Defer,

    /// <summary>Nothing is recorded; the job is handed back now.</summary>
    Release,

    /// <summary>The job goes to the dead-letter queue.</summary>
    DeadLetter,
}
