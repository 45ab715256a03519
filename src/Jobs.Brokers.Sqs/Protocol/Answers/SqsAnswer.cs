using System.Buffers;

namespace Jobs.Brokers.Sqs.Protocol.Answers;

/// <summary>The body of an answer, in a pooled buffer. Dispose it once read, and only once.</summary>
/// <param name="buffer">From the shared pool; goes back there.</param>
/// <param name="length">How much of it is the body.</param>
/// <param name="answeredAt">See <see cref="AnsweredAt"/>.</param>
internal readonly struct SqsAnswer(byte[] buffer, int length, long answeredAt) : IDisposable
{
    public ReadOnlySpan<byte> Body => buffer.AsSpan(0, length);

    /// <summary>When it began to come in: a timestamp of the clock.</summary>
    public long AnsweredAt => answeredAt;

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}
