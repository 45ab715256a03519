namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A message is larger than the server takes; nothing was sent.</summary>
internal sealed class NatsMaxPayloadException(long size, long limit, string what) : NatsException($"The {what} of {size} bytes is larger than the {limit} bytes that the server takes.")
{
    public long Size { get; } = size;

    public long Limit { get; } = limit;
}
