namespace Jobs;

/// <summary>What a failure means, and so what is done about it.</summary>
public enum FailureStrategy
{
    /// <summary>It may work next time: exponential backoff with full jitter, up to the job's attempts.</summary>
    Transient,

    /// <summary>The other side asks for patience: as transient, but never before 30 s, or what the exception says.</summary>
    RateLimited,

    /// <summary>A pool ran dry: a fixed delay of 5 s, at most 3 attempts.</summary>
    PoolExhausted,

    /// <summary>What the job is about is gone: completes with a warning.</summary>
    NotFound,

    /// <summary>It can never work: dead-lettered at once as <c>not-retryable</c>.</summary>
    Invalid,
}
