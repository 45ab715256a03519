using Jobs.Brokers.Nats.Settling;

namespace Jobs.Brokers.Nats.Delaying;

/// <summary>A message of a delay bucket in hand: copied, for it may be held for seconds.</summary>
/// <param name="Bucket">Where it was.</param>
/// <param name="Due">When it is due, in milliseconds since 1970.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="Level">Its level.</param>
/// <param name="Id">The id that it has in its queue.</param>
/// <param name="State">Its state; empty: the initial one.</param>
/// <param name="Document">Its document.</param>
/// <param name="AckSubject">Where it is acknowledged.</param>
/// <param name="Sequence">Its number in the stream.</param>
/// <param name="ArrivedAt">When it came in: a timestamp.</param>
internal sealed record DelayedMessage(DelayBucket Bucket, long Due, string Queue, int Level, byte[] Id, byte[] State, byte[] Document, byte[] AckSubject, ulong Sequence, long ArrivedAt)
    : IAckTarget
{
    // What is moved twice is stored once, by its id: so one answer is enough for all buckets.
    int IAckTarget.Consumer => 0;

    ReadOnlySpan<byte> IAckTarget.AckSubject => AckSubject;
}
