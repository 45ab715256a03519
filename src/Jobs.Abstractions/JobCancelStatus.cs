namespace Jobs;

/// <summary>What became of a request to cancel a job.</summary>
public enum JobCancelStatus
{
    /// <summary>Every worker is told: it does not start the job, or cancels its token; a run that ends by an error after that is not retried. A run
    /// that succeeds nevertheless has succeeded.</summary>
    Requested,

    /// <summary>The job had ended before. Nothing was done.</summary>
    AlreadyEnded,
}
