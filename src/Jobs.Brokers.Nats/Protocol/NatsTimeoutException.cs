namespace Jobs.Brokers.Nats.Protocol;

/// <summary>No reply came in time. The request may have arrived.</summary>
internal sealed class NatsTimeoutException(string subject, TimeSpan timeout) : NatsException($"NATS did not answer a request to '{subject}' within {timeout.TotalSeconds:0.###} s. It may have been carried out.")
{
    public string Subject { get; } = subject;
}
