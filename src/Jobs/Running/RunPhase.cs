namespace Jobs.Running;

/// <summary>Where a delivery in hand is on its way.</summary>
internal enum RunPhase : byte
{
    /// <summary>The slot holds no delivery.</summary>
    Free,

    /// <summary>Leased, waiting at the gate or in an open batch.</summary>
    Waiting,

    /// <summary>Holds a permit, or belongs to a batch that does.</summary>
    Running,

    /// <summary>The outcome is on its way to the broker.</summary>
    Settling,

    /// <summary>Given up on at the hard limit; the slot is not used again.</summary>
    Abandoned,
}
