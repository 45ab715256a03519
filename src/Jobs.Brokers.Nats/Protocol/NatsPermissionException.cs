namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The user may not publish or subscribe to a subject. The connection goes on.</summary>
internal sealed class NatsPermissionException(string message, string subject) : NatsException(message)
{
    /// <summary>The subject that the server named.</summary>
    public string Subject { get; } = subject;
}
