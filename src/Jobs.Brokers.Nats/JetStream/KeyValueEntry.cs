namespace Jobs.Brokers.Nats.JetStream;

/// <summary>A value of a key-value bucket.</summary>
/// <param name="Value">The value.</param>
/// <param name="Revision">Which one; raised with each change of the bucket.</param>
/// <param name="Time">When it was written, by the server's clock.</param>
internal sealed record KeyValueEntry(ReadOnlyMemory<byte> Value, ulong Revision, DateTimeOffset Time);
