namespace Jobs.Transport.Tests;

public sealed class ReceiveBufferTests
{
    [Fact]
    public void What_somebody_holds_is_never_written_again()
    {
        using var buffer = new ReceiveBuffer();
        var held = new List<(SharedBuffer Buffer, int Start, byte Value)>();
        for (var i = 0; i < 2_000; i++)
        {
            Receive(buffer, 1_000, (byte)i);
            buffer.Buffer.AddHolder();
            held.Add((buffer.Buffer, buffer.Start, (byte)i));
            buffer.Consumed(1_000);
        }

        Assert.All(held, static part => Assert.Equal(-1, part.Buffer.Span.Slice(part.Start, 1_000).IndexOfAnyExcept(part.Value)));
        held.ForEach(static part => part.Buffer.Release());
    }

    [Fact]
    public void What_nobody_holds_is_used_again()
    {
        using var buffer = new ReceiveBuffer();
        var first = buffer.Buffer;
        for (var i = 0; i < 2_000; i++)
        {
            Receive(buffer, 1_000, 1);
            buffer.Consumed(1_000);
        }

        Assert.Same(first, buffer.Buffer);
    }

    [Fact]
    public void What_is_let_go_only_after_the_next_has_come_takes_two_buffers_in_turn()
    {
        using var buffer = new ReceiveBuffer();
        var used = new HashSet<SharedBuffer>();
        SharedBuffer? held = null;
        for (var i = 0; i < 2_000; i++)
        {
            Receive(buffer, 1_000, (byte)i);
            buffer.Buffer.AddHolder();
            held?.Release();
            held = buffer.Buffer;
            used.Add(held);
            buffer.Consumed(1_000);
        }

        held!.Release();
        Assert.Equal(2, used.Count);
    }

    [Fact]
    public void What_is_large_stays_in_one_piece_and_its_room_goes_back()
    {
        using var buffer = new ReceiveBuffer();
        for (var i = 0; i < 1_000; i++)
        {
            Receive(buffer, 1_000, (byte)i);
        }

        Assert.Equal(1_000_000, buffer.Length);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal((byte)i, buffer.Unread[i * 1_000]);
        }

        buffer.Consumed(1_000_000);
        buffer.Free();
        Assert.InRange(buffer.Buffer.Capacity, 1, 256 * 1024);
    }

    private static void Receive(ReceiveBuffer buffer, int count, byte value)
    {
        var room = buffer.Free();
        room[..count].Fill(value);
        buffer.Received(count);
    }
}
