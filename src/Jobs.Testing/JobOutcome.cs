using Jobs.Brokers;

namespace Jobs.Testing;

/// <summary>How one run of a job ended. Immutable.</summary>
public sealed record JobOutcome
{
    /// <summary>The job's id; empty for bytes that are no job.</summary>
    public required JobId Id { get; init; }

    /// <summary>The job's name; empty for bytes that are no job.</summary>
    public required string Name { get; init; }

    /// <summary>The queue that it came from.</summary>
    public required string Queue { get; init; }

    /// <summary>How the run ended.</summary>
    public required JobOutcomeKind Kind { get; init; }

    /// <summary>Which attempt it was, from 1; 0 for bytes that are no job.</summary>
    public required int Attempt { get; init; }

    /// <summary>When, by the test's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>For dead letters: why.</summary>
    public string? Reason { get; init; }

    /// <summary>What the handler threw, or null.</summary>
    public Exception? Exception { get; init; }

    /// <summary>What the broker did about it, even if its answer was lost on the way. <see cref="SettleResult.Unknown"/>: nothing.</summary>
    public SettleResult Settled { get; init; }

    /// <summary>True if the job has come to its end.</summary>
    public bool IsEnd => Settled == SettleResult.Ok
        && Kind is JobOutcomeKind.Succeeded or JobOutcomeKind.DeadLettered or JobOutcomeKind.Expired or JobOutcomeKind.Cancelled or JobOutcomeKind.NotFound;
}
