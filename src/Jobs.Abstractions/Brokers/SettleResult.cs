namespace Jobs.Brokers;

/// <summary>What became of a settlement or renewal.</summary>
public enum SettleResult
{
    /// <summary>No answer yet. The adapter goes on trying what it can; the delivery must not be used again.</summary>
    Unknown,

    /// <summary>Done, now or before.</summary>
    Ok,

    /// <summary>The delivery belongs to someone else by now, or is gone; nothing was changed.</summary>
    LeaseLost,
}
