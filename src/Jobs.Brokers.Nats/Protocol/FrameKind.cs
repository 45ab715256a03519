namespace Jobs.Brokers.Nats.Protocol;

/// <summary>What a server sends.</summary>
internal enum FrameKind
{
    Message,
    Info,
    Ping,
    Pong,
    Ok,
    Error,
}
