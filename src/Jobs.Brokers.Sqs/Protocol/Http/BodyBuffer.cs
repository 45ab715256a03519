using System.Buffers;

namespace Jobs.Brokers.Sqs.Protocol.Http;

/// <summary>The body of an answer as it comes in, in an array of the pool that belongs to whoever takes it.</summary>
internal ref struct BodyBuffer()
{
    private const int Smallest = 1024;

    public byte[] Bytes { get; private set; } = ArrayPool<byte>.Shared.Rent(Smallest);

    public int Length { get; private set; }

    /// <summary>Room for more, at least for one byte.</summary>
    /// <exception cref="InvalidDataException">It is longer than any answer of SQS.</exception>
    public Memory<byte> Room()
    {
        Ensure(1);
        return Bytes.AsMemory(Length);
    }

    /// <summary>As much of the room was filled.</summary>
    public void Advance(int count) => Length += count;

    /// <exception cref="InvalidDataException">It is longer than any answer of SQS.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(Bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Ensure(int more)
    {
        if (Length + (long)more > HttpAnswer.LongestBody)
        {
            throw new InvalidDataException($"The answer is longer than {HttpAnswer.LongestBody} bytes.");
        }

        if (Length + more > Bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, 2 * Bytes.Length));
            Bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(Bytes);
            Bytes = larger;
        }
    }
}
