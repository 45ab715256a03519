namespace Jobs.Brokers;

/// <summary>What became of a message that was sent.</summary>
public enum SendStatus
{
    /// <summary>The broker did not answer, or the answer was lost: the message may or may not be there.</summary>
    Unknown,

    /// <summary>The broker has it.</summary>
    Accepted,

    /// <summary>The broker has had it before; there is no second one.</summary>
    Duplicate,

    /// <summary>The queue is at its limit.</summary>
    QueueFull,

    /// <summary>It is larger than the broker takes.</summary>
    TooLarge,

    /// <summary>The broker does not have it: refused, or never sent.</summary>
    Failed,

    /// <summary>The store write beside it did not hold, so it was not sent (<see cref="IConditionalSender"/>).</summary>
    Conflict,
}
