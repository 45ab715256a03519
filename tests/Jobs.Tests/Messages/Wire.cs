using System.Buffers;
using System.Text;
using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Tests.Messages;

/// <summary>Makes messages and turns them into bytes and back.</summary>
internal static class Wire
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly JobId Id = JobId.Parse("019ab5cd-7e00-7a3b-8c4d-5e6f708192a3");

    public static JobMessage<TArgs> Message<TArgs>(TArgs args, MessageAttributes? attributes = null)
        where TArgs : IJobArgs<TArgs>
    {
        var message = JobMessage<TArgs>.Rent(TArgs.Definition, in args);
        message.Id = Id;
        message.Source = "/shop";
        message.EnqueuedAt = Noon;
        message.Attributes = attributes ?? MessageAttributes.None;
        return message;
    }

    public static byte[] Bytes(JobMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        message.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Bytes(MessageState state)
    {
        var output = new ArrayBufferWriter<byte>();
        state.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    public static string Text(JobMessage message) => Encoding.UTF8.GetString(Bytes(message));

    public static string Text(MessageState state) => Encoding.UTF8.GetString(Bytes(state));

    public static JobMessage Read(string document, string state = "") => JobMessage.FromBytes(Utf8(document), Utf8(state));

    public static MessageState ReadState(string state) => Read("""{"specversion":"1.0","id":"1","source":"/","type":"t"}""", state).State;

    /// <summary>What is wrong with a document; fails if nothing is.</summary>
    public static string Error(byte[] document, byte[]? state = null)
    {
        Assert.False(JobMessage.TryFromBytes(document, state, out var message, out var error));
        Assert.Null(message);
        Assert.NotEmpty(error);
        return error;
    }

    public static string Error(string document, string state = "") => Error(Utf8(document), Utf8(state));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A golden vector, or the page that shows them.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(Wire).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no resource '{name}'.");
        using var text = new StreamReader(stream, Encoding.UTF8);
        return text.ReadToEnd();
    }
}
