using System.Buffers;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Messages;

[Collection(nameof(Alone))]
public sealed class MessageAllocationTests
{
    [Fact]
    public void Writing_allocates_nothing()
    {
        var attributes = new MessageAttributes
        {
            Expires = Wire.Noon,
            Priority = JobPriority.High,
            Key = "welcome:42",
            Backoff = TimeSpan.FromSeconds(5),
            ParentId = Wire.Id,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Headers = new Dictionary<string, string> { ["region"] = "eu" },
        };
        var output = new ArrayBufferWriter<byte>(4096);
        Measure(100, attributes, output);

        Assert.Equal(0, Measure(1_000, attributes, output));

        static long Measure(int rounds, MessageAttributes attributes, ArrayBufferWriter<byte> output)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < rounds; i++)
            {
                var message = Wire.Message(new NumberArgs(i), attributes);
                message.Due = Wire.Noon;
                message.WriteTo(output);
                message.WriteStateTo(output);
                message.Release();
                output.ResetWrittenCount();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Reading_a_plain_document_allocates_nothing()
    {
        var document = Wire.Bytes(Wire.Message(new NumberArgs(7)));
        Measure(100, document);

        Assert.Equal(0, Measure(1_000, document));

        static long Measure(int rounds, byte[] document)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < rounds; i++)
            {
                var message = JobMessage.FromBytes(document);
                message.ReadArgs(NumberArgs.Definition);
                message.Release();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
