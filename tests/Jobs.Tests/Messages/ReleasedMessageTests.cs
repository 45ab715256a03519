using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Messages;

/// <summary>A message that went back to its pool. Alone, because any other test might take it out again.</summary>
[Collection(nameof(Alone))]
public sealed class ReleasedMessageTests
{
    [Fact]
    public void A_released_message_cannot_be_used_by_mistake()
    {
        var typed = Wire.Message(new TextArgs("hi"));
        var encoded = JobMessage.FromBytes(Wire.Bytes(typed));
        typed.Release();
        typed.Release();
        encoded.Release();
        encoded.Release();

        Assert.Throws<ObjectDisposedException>(() => Wire.Bytes(typed));
        Assert.Throws<ObjectDisposedException>(() => typed.ReadArgs(TextArgs.Definition));
        Assert.Throws<ObjectDisposedException>(() => Wire.Bytes(encoded));
        Assert.Throws<ObjectDisposedException>(() => encoded.ReadArgs(TextArgs.Definition));
        Assert.Throws<ObjectDisposedException>(() => encoded.WithState(MessageState.Initial));
        Assert.NotSame(
            JobMessage<TextArgs>.Rent(TextArgs.Definition, default),
            JobMessage<TextArgs>.Rent(TextArgs.Definition, default));
    }
}
