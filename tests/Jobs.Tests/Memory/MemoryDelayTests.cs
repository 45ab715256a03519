using Jobs.Brokers;

namespace Jobs.Tests.Memory;

public class MemoryDelayTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(0.001)]
    [InlineData(1)]
    [InlineData(86_400)]
    [InlineData(200 * 86_400.0)]
    public async Task A_delay_of_any_length_is_kept_and_never_early(double seconds)
    {
        await using var bench = new MemoryBench();
        var delay = TimeSpan.FromSeconds(seconds);
        var message = bench.Message();
        message.Due = bench.Now + delay;
        await bench.SendAsync(message);

        bench.Clock.Advance(delay - Moment);
        Assert.Empty(await bench.ReceiveAsync());
        Assert.Equal(1, (await bench.DepthAsync()).Delayed);

        bench.Clock.Advance(Moment);
        await bench.ReceiveOneAsync();
    }

    [Fact]
    public async Task A_due_message_wakes_a_waiting_receiver()
    {
        await using var bench = new MemoryBench();
        var waiting = bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);
        var message = bench.Message();
        message.Due = bench.Now.AddHours(24);
        await bench.SendAsync(message);

        bench.Clock.Advance(TimeSpan.FromHours(24));

        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task What_is_due_already_is_delivered_now()
    {
        await using var bench = new MemoryBench();
        var message = bench.Message();
        message.Due = bench.Now.AddSeconds(-1);

        await bench.SendAsync(message);

        await bench.ReceiveOneAsync();
    }

    [Fact]
    public async Task Delayed_messages_come_in_the_order_they_are_due()
    {
        await using var bench = new MemoryBench();
        foreach (var second in (int[])[3, 1, 2, 1])
        {
            var message = bench.Message(second);
            message.Due = bench.Now.AddSeconds(second);
            await bench.SendAsync(message);
        }

        bench.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal([1, 1, 2, 3], (await bench.ReceiveAsync()).Select(MemoryBench.ValueOf));
    }

    [Fact]
    public async Task Idle_queues_need_no_timer()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        Assert.Equal(bench.Now + MemoryBench.Lease, bench.Clock.NextTimerDue);

        await bench.CompleteAsync(delivery);
        bench.Clock.Advance(MemoryBench.Lease);

        Assert.Null(bench.Clock.NextTimerDue);
    }
}
