namespace Jobs.Brokers;

/// <summary>How dead letters can be looked at.</summary>
public enum DeadLetterBrowseMode
{
    /// <summary>Looking changes nothing.</summary>
    Exact,

    /// <summary>Looking hides what was seen for a while and raises its receive count (SQS).</summary>
    Destructive,
}
