namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Too much waits to be sent already; nothing was added. <see cref="INatsClient.WaitForRoomAsync"/> tells when to go on.</summary>
internal sealed class NatsBufferFullException(long waiting) : NatsException($"{waiting} bytes wait to be sent to NATS already: the server takes them slower than they come.");
