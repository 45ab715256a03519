namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The server sent what the protocol does not allow.</summary>
internal sealed class NatsProtocolException(string message) : NatsException(message);
