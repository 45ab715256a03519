namespace Jobs.Running;

/// <summary>What a pump waits for, if it waits.</summary>
internal enum PumpState
{
    /// <summary>It is not waiting.</summary>
    Busy,

    /// <summary>For a delivery, unless its receiver has been woken meanwhile.</summary>
    Receiving,

    /// <summary>For room in its lane, unless it has been signalled meanwhile.</summary>
    NeedsCredit,

    /// <summary>For a moment, after a failure.</summary>
    Pausing,

    /// <summary>For nothing: it was stopped.</summary>
    Ended,
}
