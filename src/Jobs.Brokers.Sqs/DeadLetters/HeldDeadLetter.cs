using System.Globalization;
using System.Text;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Messages;

namespace Jobs.Brokers.Sqs.DeadLetters;

/// <summary>A dead letter that is being looked at, and so hidden from others. SQS may have several of one job: they count as one.</summary>
internal sealed class HeldDeadLetter
{
    private HeldDeadLetter(DeadLetter letter, ReadOnlyMemory<byte> handle)
    {
        (Letter, Place) = (letter, new DeadPlace(letter.DiedAt, letter.Key));
        Handles.Add(handle);
    }

    /// <summary>What it says; null once it is held for its place only.</summary>
    public DeadLetter? Letter { get; private set; }

    public DeadPlace Place { get; private set; }

    /// <summary>What SQS calls this look at it, and at its doubles.</summary>
    public List<ReadOnlyMemory<byte>> Handles { get; } = [];

    public static HeldDeadLetter Of(string queue, in SqsMessage message)
    {
        var document = Bodies.Read(message).ToArray();
        var isRead = JobMessage.TryFromBytes(document, message.State.Span, out var job, out var problem);
        var note = DeathNote.Of(message);
        var letter = new DeadLetter
        {
            Key = note?.Key ?? (isRead ? job!.Id.ToString() : Encoding.UTF8.GetString(message.MessageId.Span)),
            Queue = queue,
            Reason = note?.Reason ?? DeadLetterReason.Poison,
            Error = note is { } told ? told.Error ?? problem : Unexplained(message),
            DiedAt = note?.DiedAt ?? message.SentAt,
            Document = document,
            Message = isRead ? job : null,
        };
        return new HeldDeadLetter(letter, message.ReceiptHandle.ToArray());
    }

    /// <summary>The same job has died twice: the later death counts.</summary>
    public void Merge(HeldDeadLetter other)
    {
        Handles.AddRange(other.Handles);
        if (other.Place.CompareTo(Place) > 0)
        {
            (Letter, Place) = (other.Letter, other.Place);
        }
    }

    /// <summary>Nobody wants to read it.</summary>
    public void DropLetter() => Letter = null;

    // Put there by SQS itself, whose redrive policy has no words; or by somebody else.
    private static string Unexplained(in SqsMessage message) => string.Create(
        CultureInfo.InvariantCulture,
        $"SQS moved it here{(message.DeadLetterSourceArn.IsEmpty ? "" : $" from {Encoding.UTF8.GetString(message.DeadLetterSourceArn.Span)}")} after {message.ReceiveCount} receives (maxReceiveCount of the redrive policy): no worker lived to say why.");
}
