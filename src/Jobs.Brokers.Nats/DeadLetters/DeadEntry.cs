using Jobs.Brokers.Nats.JetStream;
using Jobs.Messages;

namespace Jobs.Brokers.Nats.DeadLetters;

/// <summary>A dead letter, and its place in the stream that holds it.</summary>
internal sealed record DeadEntry(ulong Sequence, DeadLetter Letter)
{
    public static DeadEntry Of(string queue, StoredMessage stored)
    {
        var headers = stored.Headers;
        var isRead = JobMessage.TryFromBytes(stored.Data, DeadHeaders.State(headers), out var message, out var problem);
        return new DeadEntry(stored.Sequence, new DeadLetter
        {
            Key = DeadHeaders.Key(headers) ?? stored.Subject[(stored.Subject.LastIndexOf('.') + 1)..],
            Queue = queue,
            Reason = DeadHeaders.Reason(headers) ?? "",
            Error = DeadHeaders.Error(headers) ?? problem,
            DiedAt = stored.Time,
            Document = stored.Data,
            Message = isRead ? message : null,
        });
    }
}
