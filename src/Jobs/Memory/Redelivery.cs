namespace Jobs.Memory;

/// <summary>Stands in a lane for a delivery whose lease has passed, until it is handed out again or its worker comes back in time.</summary>
internal sealed class Redelivery(MemoryDelivery previous)
{
    public MemoryDelivery Previous { get; } = previous;

    /// <summary>True while it stands in a lane.</summary>
    public bool IsQueued { get; set; } = true;

    /// <summary>True if the worker settled or renewed after all: skipped when its turn comes.</summary>
    public bool IsCancelled { get; set; }
}
