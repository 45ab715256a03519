using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Jobs.Messages;

internal static class JobDocument
{
    public static void Write(JobMessage message, IBufferWriter<byte> output) => throw new NotImplementedException();

    public static bool TryRead(ReadOnlyMemory<byte> document, ReadOnlySpan<byte> state, [NotNullWhen(true)] out JobMessage? message, [NotNullWhen(false)] out string? error) => throw new NotImplementedException();
}
