namespace Jobs.Brokers;

/// <summary>What a producer meets when a queue is at its limit.</summary>
public enum QueueFullMode
{
    /// <summary>A refusal: <see cref="SendStatus.QueueFull"/>.</summary>
    Reject,

    /// <summary>Its call waits for room, or for its token. What a handler sends never waits: it could wait for itself.</summary>
    Wait,
}
