namespace Jobs.Status;

/// <summary>Which record of one delivery it is; a later one wins.</summary>
internal enum StatusPhase
{
    Waiting,
    Running,
    Ended,
}
