namespace Jobs.Messages;

/// <summary>Why jobs are dead-lettered.</summary>
public static class DeadLetterReason
{
    /// <summary>It failed as often as it may.</summary>
    public const string AttemptsExhausted = "attempts-exhausted";

    /// <summary>It failed with an exception that is not retried.</summary>
    public const string NotRetryable = "not-retryable";

    /// <summary>Its handler said so (<see cref="DeadLetterJobException"/>).</summary>
    public const string Rejected = "rejected";

    /// <summary>Its document or payload cannot be read.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>Workers died with it more often than it may.</summary>
    public const string Poison = "poison";

    /// <summary>No worker of this queue knew its name or version within the grace period.</summary>
    public const string UnknownJob = "unknown-job";
}
