namespace Jobs.Brokers.Nats.Sending;

/// <summary>A message to be stored, as it lies in the buffer of its <see cref="SendOperation"/>.</summary>
/// <param name="Subject">Where to.</param>
/// <param name="Start">Where its headers begin.</param>
/// <param name="HeadersLength">The header block.</param>
/// <param name="PayloadLength">The payload right behind it.</param>
internal readonly record struct OutgoingMessage(byte[] Subject, int Start, int HeadersLength, int PayloadLength);
