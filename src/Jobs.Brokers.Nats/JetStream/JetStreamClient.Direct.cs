using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <content>What does not go through the API: direct reads, and messages that are stored together.</content>
internal sealed partial class JetStreamClient
{
    private const int NotThere = 404;

    /// <summary>The last message of a subject, or null, as a server that keeps the stream knows it: with one replica the leader, else perhaps one that lags.
    /// Does not wait behind other calls, and needs <c>allow_direct</c>; without it the leader is asked.</summary>
    public ValueTask<StoredMessage?> GetLastDirectAsync(string stream, string subject, CancellationToken cancellationToken) =>
        ReadDirectAsync($"{stream}.{subject}", default, () => GetLastMessageAsync(stream, subject, cancellationToken), cancellationToken);

    /// <summary>The message at a place of the stream, or null, as <see cref="GetLastDirectAsync"/> knows it.</summary>
    public ValueTask<StoredMessage?> GetDirectAsync(string stream, ulong sequence, CancellationToken cancellationToken) =>
        ReadDirectAsync(
            stream, Body(writer => writer.WriteNumber("seq"u8, sequence)), () => GetMessageAsync(stream, sequence, null, cancellationToken), cancellationToken);

    /// <summary>Direct reads that go out together; an answer of null: nothing is there. What is not answered is asked by <see cref="GetLastDirectAsync"/>.</summary>
    public Exchange<StoredMessage?> NewDirectReads(int count) => new(
        client,
        count,
        static (in NatsMessage reply, out StoredMessage? message) =>
        {
            message = reply.Status == NotThere ? null : StoredMessage.Read(reply.HeaderBlock, reply.Payload);
            return message is not null || reply.Status == NotThere;
        });

    /// <summary>Where to ask for the last message of a subject.</summary>
    public byte[] DirectSubject(string stream, string subject) => Encoding.ASCII.GetBytes($"{prefix}.DIRECT.GET.{stream}.{subject}");

    /// <summary>Messages that are stored together. What is not answered is sent again by <see cref="PublishAsync"/>.</summary>
    public Exchange<PublishAck> NewPublishes(int count) =>
        new(client, count, static (in NatsMessage reply, out PublishAck ack) => PublishAck.TryParse(reply.Payload, out ack));

    // Once: if nobody answers, the leader is asked, with patience, and says why.
    private async ValueTask<StoredMessage?> ReadDirectAsync(
        string call, ReadOnlyMemory<byte> body, Func<ValueTask<StoredMessage?>> askLeader, CancellationToken cancellationToken)
    {
        await client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var reply = await client.RequestAsync(Encoding.ASCII.GetBytes($"{prefix}.DIRECT.GET.{call}"), default, body.Span, AnswerTime, cancellationToken).ConfigureAwait(false);
            if (reply.Status == NotThere)
            {
                return null;
            }

            if (StoredMessage.Read(reply.HeaderBlock, reply.Payload) is { } message)
            {
                return message;
            }
        }
        catch (NatsException)
        {
        }

        return await askLeader().ConfigureAwait(false);
    }
}
