using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Has a stream know the ids of its messages.</summary>
/// <remarks>A server that was started again reads the ids of what a stream holds only when it is asked for one, so that it would not know those of messages
/// that were removed since its start, and store them again when they are sent again. Whoever removes messages asks before: by a message that is refused,
/// because it expects a last sequence that no stream has. (nats-server 2.9 to 2.11: <c>checkMsgId</c>, <c>rebuildDedupe</c>.) Not in a cluster: those who
/// were not started again know the ids, and of refused messages the replicas of 2.9 lose count: <c>clfs</c> is not counted in what is applied again after
/// a start, and <c>clseq</c> is kept from one leadership to the next.</remarks>
internal static class KnownIds
{
    private static readonly byte[] Question =
        new NatsHeaderBlock().Add(Headers.MessageId, "jobs-known-ids"u8).Add("Nats-Expected-Last-Sequence"u8, long.MaxValue).Bytes.ToArray();

    /// <summary>Asks on each connection of the client, before anything else.</summary>
    /// <param name="client">The client.</param>
    /// <param name="subject">One that the stream takes.</param>
    public static void KeepAsking(INatsClient client, string subject) => client.PublishFirst(subject, Question);
}
