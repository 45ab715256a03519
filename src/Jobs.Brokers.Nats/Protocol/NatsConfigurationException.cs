namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The options, or the files that they name, do not fit the server.</summary>
internal sealed class NatsConfigurationException(string message, Exception? inner = null) : NatsException(message, inner);
