namespace Jobs.Brokers.Nats.Sending;

/// <summary>How far the sending of one message is.</summary>
internal enum SendState : byte
{
    /// <summary>To be sent, for the first time or again.</summary>
    Waiting,

    /// <summary>An answer may come.</summary>
    UnderWay,

    /// <summary>Its result stands.</summary>
    Done,
}
