using System.Buffers;

namespace Jobs.Messages;

internal static class MessageStateJson
{
    public static void Write(MessageState state, IBufferWriter<byte> output) => throw new NotImplementedException();
}
