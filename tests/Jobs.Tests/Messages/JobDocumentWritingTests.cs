using System.Buffers;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Messages;

public sealed class JobDocumentWritingTests
{
    [Fact]
    public void Random_documents_come_back_as_they_were()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var message = RandomMessages.Next(random);
            var document = Wire.Bytes(message);

            var read = JobMessage.FromBytes(document);

            AssertSame(message, read);
            Assert.Equal(document, Wire.Bytes(read));
            Assert.Equal(message.ReadArgs(message.Definition), read.ReadArgs(message.Definition));
            // Written anew from what was read, not copied.
            Assert.Equal(document, Wire.Bytes(message.Definition.Decode(read)));
        }
    }

    [Fact]
    public void Random_documents_read_the_same_in_any_order()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var message = RandomMessages.Next(random);
            using var json = JsonDocument.Parse(Wire.Bytes(message));
            var members = json.RootElement.EnumerateObject().ToArray();
            random.Shuffle(members);

            var read = Wire.Read("{" + string.Join(',', members.Select(member => member.ToString())) + "}");

            AssertSame(message, read);
            Assert.Equal(message.ReadArgs(message.Definition), read.ReadArgs(message.Definition));
        }
    }

    [Fact]
    public void Another_copy_has_the_same_document_in_bytes_of_its_own()
    {
        var document = Wire.Bytes(Wire.Message(new TextArgs("hi"), new MessageAttributes { Key = "k" }));
        var bytes = document.ToArray();
        var message = JobMessage.FromBytes(bytes);

        var copy = message.WithState(new MessageState { Copy = 3 });
        bytes.AsSpan().Clear();
        message.Release();

        Assert.Equal(document, Wire.Bytes(copy));
        Assert.Equal(3, copy.State.Copy);
        Assert.Equal("k", copy.Attributes.Key);
        Assert.Equal("test.text", copy.Name);
        Assert.True(copy.MayRepeat);
        Assert.Equal("hi", copy.ReadArgs(TextArgs.Definition).Text);
    }

    [Fact]
    public void A_typed_message_keeps_its_envelope_in_another_copy()
    {
        var message = RandomMessages.Next(new Random(5));

        var copy = message.WithState(new MessageState { Copy = 1 });

        AssertSame(message, copy);
        Assert.Equal(1, copy.State.Copy);
        Assert.Equal(Wire.Bytes(message), Wire.Bytes(copy));
    }

    [Fact]
    public void A_pooled_message_keeps_nothing_of_the_one_before()
    {
        var typed = RandomMessages.Next(new Random(1));
        var encoded = JobMessage.FromBytes(Wire.Bytes(typed), """{"copy":2}"""u8);
        typed.Release();
        encoded.Release();

        AssertFresh(JobMessage<TextArgs>.Rent(TextArgs.Definition, default), mayRepeat: false);
        AssertFresh(EncodedJobMessage.Rent("{}"u8.ToArray(), 0, 2), mayRepeat: true);

        static void AssertFresh(JobMessage message, bool mayRepeat)
        {
            Assert.Equal(default, message.Id);
            Assert.Equal("default", message.Queue);
            Assert.Equal("/", message.Source);
            Assert.Equal(1, message.Version);
            Assert.Equal(default, message.EnqueuedAt);
            Assert.Null(message.Due);
            Assert.Same(MessageAttributes.None, message.Attributes);
            Assert.Same(MessageState.Initial, message.State);
            Assert.Equal(mayRepeat, message.MayRepeat);
        }
    }

    [Fact]
    public void Args_that_cannot_be_written_leave_the_output_as_it_was()
    {
        var output = new ArrayBufferWriter<byte>();

        var exception = Assert.Throws<JobPayloadException>(() => Wire.Message(new TextArgs(null!)).WriteTo(output));

        Assert.Equal("test.text", exception.JobName);
        Assert.Equal("text", exception.Member);
        Assert.Equal(0, output.WrittenCount);
        // The writer that failed is whole again.
        Wire.Read(Wire.Text(Wire.Message(new TextArgs("hi"))));
    }

    [Fact]
    public void A_message_of_another_job_is_refused()
    {
        var exception = Assert.Throws<JobPayloadException>(() => Wire.Message(new TextArgs("hi")).ReadArgs(NumberArgs.Definition));

        Assert.Contains("test.number", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_deeper_than_can_be_read_is_not_written()
    {
        var deepest = new Nested(63);
        var tooDeep = new Nested(64);

        var message = Wire.Message(deepest);
        Assert.Equal(deepest, Wire.Read(Wire.Text(message)).ReadArgs(Nested.Definition));
        Assert.Throws<JobPayloadException>(() => Wire.Text(Wire.Message(tooDeep)));
    }

    private static void AssertSame(JobMessage expected, JobMessage actual)
    {
        Assert.Equal(expected.Id, actual.Id);
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.Version, actual.Version);
        Assert.Equal(expected.Queue, actual.Queue);
        Assert.Equal(expected.Source, actual.Source);
        Assert.Equal(expected.EnqueuedAt, actual.EnqueuedAt);
        Assert.Equal(expected.Due, actual.Due);
        Assert.Equal(expected.Attributes.Headers.ToDictionary(), actual.Attributes.Headers.ToDictionary());
        Assert.Equal(expected.Attributes with { Headers = MessageAttributes.None.Headers }, actual.Attributes with { Headers = MessageAttributes.None.Headers });
    }

    /// <summary>A payload of so many levels.</summary>
    private readonly record struct Nested(int Levels) : IJobArgs<Nested>
    {
        public static JobDefinition<Nested> Definition { get; } = new NestedDefinition();
    }

    private sealed class NestedDefinition() : JobDefinition<Nested>("test.nested")
    {
        public override void Write(Utf8JsonWriter writer, in Nested args)
        {
            writer.WriteStartObject();
            for (var i = 1; i < args.Levels; i++)
            {
                writer.WriteStartObject("a"u8);
            }

            for (var i = 0; i < args.Levels; i++)
            {
                writer.WriteEndObject();
            }
        }

        public override Nested Read(ref Utf8JsonReader reader)
        {
            var levels = 1;
            var depth = reader.CurrentDepth;
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                levels = Math.Max(levels, reader.CurrentDepth - depth + (reader.TokenType == JsonTokenType.StartObject ? 1 : 0));
            }

            return new Nested(levels);
        }
    }
}
