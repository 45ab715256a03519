namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Where the parts of what a server sent lie, from its first byte.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">How many bytes it has, with its last CR LF.</param>
internal readonly record struct Frame(FrameKind Kind, int Length)
{
    /// <summary>The subject of a message.</summary>
    public Range Subject { get; init; }

    /// <summary>The subject to reply to; may be empty.</summary>
    public Range ReplyTo { get; init; }

    /// <summary>The header block; may be empty.</summary>
    public Range Headers { get; init; }

    /// <summary>The payload of a message, the JSON of INFO, the text of -ERR.</summary>
    public Range Content { get; init; }

    /// <summary>By which subscription a message came.</summary>
    public long SubscriptionId { get; init; }
}
