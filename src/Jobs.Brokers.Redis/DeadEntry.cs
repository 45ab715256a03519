using System.Text;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Messages;

namespace Jobs.Brokers.Redis;

/// <summary>A dead letter, and the stream entry that holds it.</summary>
internal sealed record DeadEntry(EntryId Id, DeadLetter Letter)
{
    public static DeadEntry Of(string queue, EntryId id, in EntryFields fields)
    {
        var document = fields.Document.ToArray();
        var isRead = JobMessage.TryFromBytes(document, fields.State, out var message, out var problem);
        return new DeadEntry(id, new DeadLetter
        {
            Key = Encoding.UTF8.GetString(fields.Key),
            Queue = queue,
            Reason = Encoding.UTF8.GetString(fields.Reason),
            Error = fields.Error.IsEmpty ? problem : Encoding.UTF8.GetString(fields.Error),
            DiedAt = id.Time,
            Document = document,
            Message = isRead ? message : null,
        });
    }
}
