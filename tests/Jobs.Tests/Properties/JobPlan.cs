namespace Jobs.Tests.Properties;

/// <summary>What one job is to do, and so how it must end.</summary>
public sealed record JobPlan(int Number, JobKind Kind, Behaviour Behaviour, int Times, int Children)
{
    /// <summary>The id of the job; empty if the broker refused it.</summary>
    public JobId Id { get; set; }

    public bool MayExpire { get; set; }

    /// <summary>The reason of the dead letter that it must end as, or null if it succeeds.</summary>
    public string? Death => Behaviour switch
    {
        Behaviour.FailAlways => "attempts-exhausted",
        Behaviour.Forbidden => "not-retryable",
        Behaviour.Reject => "rejected",
        _ => null,
    };

    /// <summary>How many failures are recorded before the job succeeds.</summary>
    public int Failures => Behaviour is Behaviour.Fail or Behaviour.RetryLater or Behaviour.HonourTimeout or Behaviour.IgnoreTimeout ? Times : 0;
}
