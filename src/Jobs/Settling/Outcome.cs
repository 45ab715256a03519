using Jobs.Brokers;
using Jobs.Running;

namespace Jobs.Settling;

/// <summary>How a run ended, and what the broker is told.</summary>
internal sealed record Outcome(OutcomeKind Kind, Settlement Settlement, Exception? Exception = null)
{
    /// <summary>Shared by all runs that end so, as they say nothing but which delivery they are about.</summary>
    public static Outcome Succeeded { get; } = new(OutcomeKind.Succeeded, default);

    /// <inheritdoc cref="Succeeded"/>
    public static Outcome Released { get; } = new(OutcomeKind.Released, default);

    /// <summary>What the broker is told of this run.</summary>
    public Settlement For(JobRun run) =>
        Settlement.Delivery is not null ? Settlement : run.Settle(ReferenceEquals(this, Succeeded) ? SettleKind.Complete : SettleKind.Release);
}
