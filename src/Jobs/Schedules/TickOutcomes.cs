namespace Jobs.Schedules;

/// <summary>What becomes of ticks, in metrics.</summary>
internal static class TickOutcomes
{
    /// <summary>Its job was enqueued.</summary>
    public const string Sent = "sent";

    /// <summary>The node that claimed it fell silent, and another sent it.</summary>
    public const string Resent = "resent";

    /// <summary>It was missed, and its job was enqueued all the same.</summary>
    public const string MadeUp = "made-up";

    /// <summary>It was missed, and dropped.</summary>
    public const string Missed = "missed";

    /// <summary>Another job had its unique key, and it was dropped.</summary>
    public const string Conflicted = "conflicted";

    /// <summary>The run before it had not ended, and it was dropped.</summary>
    public const string Overlapped = "overlapped";
}
