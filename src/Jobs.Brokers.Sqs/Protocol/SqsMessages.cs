using System.Buffers;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>What one receive brought: messages in one pooled buffer. Dispose it once they are read, and only once.</summary>
internal sealed class SqsMessages : IDisposable
{
    private readonly byte[] _buffer;
    private readonly SqsMessage[] _messages;

    /// <param name="buffer">From the shared pool; goes back there.</param>
    /// <param name="messages">What lies in it.</param>
    /// <param name="answeredAt">See <see cref="AnsweredAt"/>.</param>
    public SqsMessages(byte[] buffer, SqsMessage[] messages, long answeredAt)
    {
        _buffer = buffer;
        _messages = messages;
        AnsweredAt = answeredAt;
    }

    public int Count => _messages.Length;

    /// <summary>When the answer began to come in (a timestamp of the clock): leases run since then.</summary>
    public long AnsweredAt { get; }

    public ref readonly SqsMessage this[int index] => ref _messages[index];

    public ReadOnlySpan<SqsMessage>.Enumerator GetEnumerator() => new ReadOnlySpan<SqsMessage>(_messages).GetEnumerator();

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
