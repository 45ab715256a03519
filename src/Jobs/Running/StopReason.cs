namespace Jobs.Running;

/// <summary>Which of our tokens stopped a run.</summary>
internal enum StopReason : byte
{
    None,
    SoftTimeout,
    HardTimeout,
    LeaseLost,
    ClaimLost,
    HostStopping,
    Cancelled,
}
