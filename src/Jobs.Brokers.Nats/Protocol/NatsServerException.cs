namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The server said what it did not like (-ERR), and has no type of its own here.</summary>
internal sealed class NatsServerException(string message) : NatsException(message);
