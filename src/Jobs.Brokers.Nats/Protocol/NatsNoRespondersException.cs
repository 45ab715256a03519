namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Nobody listens where a request went (503). For JetStream: no stream has that subject, or its leader is being elected.</summary>
internal sealed class NatsNoRespondersException(string subject) : NatsException($"Nobody answers requests to '{subject}'.")
{
    public string Subject { get; } = subject;
}
