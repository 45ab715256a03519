namespace Jobs.Brokers.Nats.Protocol;

/// <summary>NATS could not do what it was asked.</summary>
internal abstract class NatsException(string message, Exception? inner = null) : IOException(message, inner);
