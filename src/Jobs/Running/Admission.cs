using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Catalog;
using Jobs.Messages;
using Jobs.Retrying;
using Jobs.Settling;

namespace Jobs.Running;

/// <summary>Decides whether a delivery may run at all. Asked right before it would start.</summary>
internal sealed class Admission(TimeProvider time, FailurePolicy policy, TimeSpan unknownJobGrace, CancelWatch? cancels = null)
{
    /// <summary>True for the common delivery: known, new, and without a time to mind. It need not be asked about further.</summary>
    public bool IsPlain(JobRun run) =>
        cancels is not { Any: true }
        && run.Job?.Handler is not null
        && run.Delivery is { Deliveries: 1, Message: { Due: null, Attributes.Expires: null } message }
        && message.State.IsNew;

    /// <summary>The outcome of a delivery that may not run, or null for one that may.</summary>
    public Outcome? Refuse(JobRun run)
    {
        var delivery = run.Delivery;
        if (delivery.Message is not { } message)
        {
            return Dead(delivery, DeadLetterReason.Undecodable, delivery.DecodeError ?? "The bytes are not a job document.");
        }

        if (IsCancelled(message.Id))
        {
            return Cancelled(run);
        }

        if (run.Job is not { Handler: not null } job)
        {
            var settlement = policy.Unknown(delivery, unknownJobGrace);
            return new(settlement.Kind == SettleKind.Defer ? OutcomeKind.Deferred : OutcomeKind.DeadLettered, settlement);
        }

        var crashes = message.State.CrashesAfter(delivery.Deliveries);
        if (crashes > job.Settings.MaxCrashes)
        {
            return Dead(
                delivery,
                DeadLetterReason.Poison,
                $"Workers died, or lost their lease, {crashes} times with job '{message.Name}' in hand; it may crash {job.Settings.MaxCrashes} times.");
        }

        return message.EffectiveDue is null && message.Attributes.Expires is null ? null : RefuseByTime(delivery, message);
    }

    /// <summary>True if somebody asked to cancel the job.</summary>
    public bool IsCancelled(JobId id) => cancels is not null && cancels.Contains(id);

    /// <summary>The outcome of a job that was cancelled.</summary>
    public static Outcome Cancelled(JobRun run) => new(OutcomeKind.Cancelled, new Settlement { Delivery = run.Delivery, Kind = SettleKind.Complete });

    private Outcome? RefuseByTime(JobDelivery delivery, JobMessage message)
    {
        var now = time.GetUtcNow();
        if (message.Attributes.Expires is { } expires && expires <= now)
        {
            return new(OutcomeKind.Expired, new Settlement { Delivery = delivery, Kind = SettleKind.Complete });
        }

        return message.EffectiveDue is { } due && due > now
            ? new(OutcomeKind.Deferred, new Settlement { Delivery = delivery, Kind = SettleKind.Defer, Due = due })
            : null;
    }

    private static Outcome Dead(JobDelivery delivery, string reason, string error) =>
        new(OutcomeKind.DeadLettered, FailurePolicy.Dead(delivery, reason, error));
}
