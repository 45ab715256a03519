using System.Buffers;
using System.Collections.Concurrent;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Sending;

/// <summary>A message on its way to a queue, encoded. Pooled with its buffer.</summary>
internal sealed class Outgoing
{
    private const int MostPooled = 1_024;
    private const int LargestPooled = 8 * 1024;

    private static readonly ConcurrentQueue<Outgoing> Pool = new();

    private SqsSendEntry _entry;
    private bool _isEncoded;

    private Outgoing()
    {
    }

    /// <summary>Takes the document's encoding.</summary>
    public ArrayBufferWriter<byte> Body { get; } = new(512);

    /// <summary>Who waits for it.</summary>
    public SendOperation Operation { get; private set; } = null!;

    /// <summary>Its place there.</summary>
    public int Index { get; private set; }

    /// <summary>As it goes out.</summary>
    public ref readonly SqsSendEntry Entry => ref _entry;

    public static Outgoing Rent() => Pool.TryDequeue(out var outgoing) ? outgoing : new Outgoing();

    /// <summary>All about it is known.</summary>
    public void Seal(SendOperation operation, int index, in SqsSendEntry entry)
    {
        (Operation, Index) = (operation, index);
        _entry = entry with { Body = Body.WrittenMemory };
        _isEncoded = false;
        foreach (var attribute in entry.Attributes.Span)
        {
            _isEncoded |= attribute.Name == Bodies.EncodingAttribute;
        }
    }

    /// <summary>SQS does not like its characters: it goes out once more, encoded.</summary>
    /// <returns>False if it was encoded already.</returns>
    public bool TryEncode()
    {
        if (_isEncoded)
        {
            return false;
        }

        var document = Body.WrittenSpan.ToArray();
        Body.ResetWrittenCount();
        Bodies.Encode(document, Body);
        _isEncoded = true;
        _entry = _entry with { Body = Body.WrittenMemory, Attributes = (SqsAttribute[])[.. _entry.Attributes.Span, Bodies.Base64] };
        return true;
    }

    /// <summary>Nobody needs it any more.</summary>
    public void Return()
    {
        Operation = null!;
        _entry = default;
        Body.ResetWrittenCount();
        if (Body.Capacity <= LargestPooled && Pool.Count < MostPooled)
        {
            Pool.Enqueue(this);
        }
    }
}
