namespace Jobs.Brokers.Nats.Protocol;

/// <summary>There is no connection, or it ended before the answer came.</summary>
/// <param name="message">What happened, and to which server.</param>
/// <param name="mayHaveArrived">True if the message was handed to the connection: the server may have it.</param>
/// <param name="inner">The cause.</param>
internal sealed class NatsConnectionException(string message, bool mayHaveArrived, Exception? inner = null) : NatsException(message, inner)
{
    public bool MayHaveArrived { get; } = mayHaveArrived;
}
