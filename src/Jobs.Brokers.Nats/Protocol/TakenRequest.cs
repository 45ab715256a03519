namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A request that has ended; its handler is still to be told.</summary>
/// <param name="Handler">Whom to tell.</param>
/// <param name="Token">Which one it is to the handler.</param>
/// <param name="Timeout">How long it could have taken.</param>
/// <param name="Subject">Where it went; empty unless asked for.</param>
internal readonly record struct TakenRequest(IReplyHandler Handler, long Token, TimeSpan Timeout, string Subject);
