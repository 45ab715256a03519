namespace Jobs.Testing;

/// <summary>How one run of a job, or one attempt to start it, ended.</summary>
public enum JobOutcomeKind
{
    /// <summary>The handler returned, and the job is done.</summary>
    Succeeded,

    /// <summary>The handler failed; the job runs again.</summary>
    Retried,

    /// <summary>The job was put off; nothing was recorded.</summary>
    Deferred,

    /// <summary>The job was handed back; nothing was recorded.</summary>
    Released,

    /// <summary>The job went to the dead-letter queue.</summary>
    DeadLettered,

    /// <summary>The job expired before it started, and was cancelled.</summary>
    Expired,

    /// <summary>The job was cancelled, or another job has its unique key.</summary>
    Cancelled,

    /// <summary>The handler failed with what a rule takes for "no longer there": the job is done.</summary>
    NotFound,

    /// <summary>The lease was lost: nothing was settled, and the job runs elsewhere.</summary>
    LeaseLost,

    /// <summary>The run ignored its token past the hard limit and was given up on; what became of the job follows.</summary>
    Abandoned,
}
