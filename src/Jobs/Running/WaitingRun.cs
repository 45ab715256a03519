namespace Jobs.Running;

/// <summary>A run in the gate's queue. The ticket tells whether the slot still holds the delivery that was queued: the keeper may have
/// handed that back, and the slot may hold another by now.</summary>
internal readonly record struct WaitingRun(JobRun Run, long Ticket)
{
    public bool IsWaiting => Run.IsSame(Ticket) && Run.Phase == RunPhase.Waiting;
}
