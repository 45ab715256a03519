namespace Jobs.Brokers;

/// <summary>What became of a replay.</summary>
public enum ReplayStatus
{
    /// <summary>The job is back in its queue.</summary>
    Replayed,

    /// <summary>There is no such entry: perhaps someone replayed it a moment ago.</summary>
    NotFound,

    /// <summary>The bytes cannot be decoded, so there is no job to run; the entry stays.</summary>
    Undecodable,

    /// <summary>Another job holds its unique key; the entry stays.</summary>
    Conflict,

    /// <summary>The broker failed; the entry stays.</summary>
    Failed,
}
