using System.Buffers;
using System.Text.Json;

namespace Jobs.Messages;

/// <summary>A message that holds the bytes it was read from; its payload is read when the job runs. Pooled.</summary>
internal sealed class EncodedJobMessage : JobMessage
{
    private ReadOnlyMemory<byte> _document;
    private int _dataStart;
    private int _dataLength;

    private EncodedJobMessage()
    {
    }

    /// <summary>The payload as it stands in the document; <c>{}</c> where the document has none.</summary>
    public ReadOnlySpan<byte> Data => _dataLength == 0 ? "{}"u8 : _document.Span.Slice(_dataStart, _dataLength);

    public static EncodedJobMessage Rent(ReadOnlyMemory<byte> document, int dataStart, int dataLength)
    {
        var message = MessagePool<EncodedJobMessage>.TryRent() ?? new EncodedJobMessage();
        message.ResetEnvelope();
        message._document = document;
        message._dataStart = dataStart;
        message._dataLength = dataLength;
        // Whoever sent it may have sent it twice.
        message.MayRepeat = true;
        return message;
    }

    public override void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_document.IsEmpty, this);
        output.Write(_document.Span);
    }

    public override JobMessage WithState(MessageState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ObjectDisposedException.ThrowIf(_document.IsEmpty, this);
        // The buffer of the original goes back to its pool when that is settled.
        var copy = Rent(_document.ToArray(), _dataStart, _dataLength);
        copy.Name = Name;
        copy.Version = Version;
        copy.CopyEnvelopeFrom(this);
        copy.State = state;
        return copy;
    }

    public override void Release()
    {
        if (_document.IsEmpty)
        {
            return;
        }

        _document = default;
        _dataStart = 0;
        _dataLength = 0;
        DropReferences();
        MessagePool<EncodedJobMessage>.Return(this);
    }

    internal override ReadOnlySpan<byte> GetData(string jobName)
    {
        ObjectDisposedException.ThrowIf(_document.IsEmpty, this);
        return Data;
    }

    internal override void WriteData(Utf8JsonWriter writer) => writer.WriteRawValue(Data);
}
