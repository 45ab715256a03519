namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The server does not want this client: its credentials are missing, wrong, expired or revoked.</summary>
internal sealed class NatsAuthorizationException(string message, Exception? inner = null) : NatsException(message, inner);
