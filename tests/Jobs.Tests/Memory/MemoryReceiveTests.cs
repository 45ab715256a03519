using Jobs.Brokers;

namespace Jobs.Tests.Memory;

public class MemoryReceiveTests
{
    [Fact]
    public async Task The_buffer_is_the_credit()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(10);

        Assert.Equal(3, (await bench.ReceiveAsync(3)).Length);
        Assert.Equal(7, (await bench.ReceiveAsync(100)).Length);
        Assert.Empty(await bench.ReceiveAsync(100));
    }

    [Fact]
    public async Task Receivers_compete_each_message_goes_to_one()
    {
        await using var bench = new MemoryBench();
        var other = bench.Open();
        await bench.SendManyAsync(4);

        var values = (await bench.ReceiveAsync(2)).Concat(await bench.ReceiveAsync(100, other)).Select(MemoryBench.ValueOf);

        Assert.Equal([0, 1, 2, 3], values);
    }

    [Fact]
    public async Task A_waiting_receive_is_woken_by_a_send()
    {
        await using var bench = new MemoryBench();
        var buffer = new JobDelivery[5];
        for (var i = 0; i < 3; i++)
        {
            var waiting = bench.Receiver.ReceiveAsync(buffer, wait: true, MemoryBench.Token);
            Assert.False(waiting.IsCompleted);

            await bench.SendAsync(bench.Message(i));

            Assert.Equal(1, await waiting);
            Assert.Equal(i, MemoryBench.ValueOf(buffer[0]));
            Assert.Equal(bench.Now + MemoryBench.Lease, buffer[0].LeaseUntil);
        }
    }

    [Fact]
    public async Task Waiting_receivers_are_served_in_the_order_they_came()
    {
        await using var bench = new MemoryBench();
        var other = bench.Open();
        var first = new JobDelivery[1];
        var second = new JobDelivery[1];
        var firstWait = bench.Receiver.ReceiveAsync(first, wait: true, MemoryBench.Token);
        var secondWait = other.ReceiveAsync(second, wait: true, MemoryBench.Token);

        await bench.SendManyAsync(2);

        Assert.Equal(1, await firstWait);
        Assert.Equal(1, await secondWait);
        Assert.Equal(0, MemoryBench.ValueOf(first[0]));
        Assert.Equal(1, MemoryBench.ValueOf(second[0]));
    }

    [Fact]
    public async Task A_continuation_never_runs_on_the_thread_that_sends()
    {
        await using var bench = new MemoryBench();
        using var hasSent = new ManualResetEventSlim();
        var receiving = ReceiveAsync(bench, hasSent);

        await bench.SendAsync(bench.Message());
        hasSent.Set();

        await receiving;
    }

    [Fact]
    public async Task Cancelling_a_wait_ends_it_and_loses_nothing()
    {
        await using var bench = new MemoryBench();
        using var cancellation = new CancellationTokenSource();
        var buffer = new JobDelivery[1];
        var waiting = bench.Receiver.ReceiveAsync(buffer, wait: true, cancellation.Token);

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        await bench.SendManyAsync(1);
        Assert.Null(buffer[0]);
        await bench.ReceiveOneAsync();
    }

    [Fact]
    public async Task Cancelling_after_something_arrived_returns_it()
    {
        await using var bench = new MemoryBench();
        using var cancellation = new CancellationTokenSource();
        var buffer = new JobDelivery[1];
        var waiting = bench.Receiver.ReceiveAsync(buffer, wait: true, cancellation.Token);
        await bench.SendManyAsync(1);

        await cancellation.CancelAsync();

        Assert.Equal(1, await waiting);
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(buffer[0]));
    }

    [Fact]
    public async Task A_cancelled_token_takes_nothing()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, new CancellationToken(canceled: true)));

        Assert.Equal(1, (await bench.DepthAsync()).Waiting);
    }

    [Fact]
    public async Task Stop_ends_a_wait_with_nothing_and_settling_goes_on()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        var waiting = bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);

        await bench.Receiver.StopAsync(MemoryBench.Token);
        await bench.Receiver.StopAsync(MemoryBench.Token);

        Assert.Equal(0, await waiting);
        Assert.Equal(SettleResult.Ok, bench.Renew(delivery));
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(delivery));
        await bench.SendManyAsync(1);
        Assert.Equal(0, await bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token));
        await bench.ReceiveOneAsync(bench.Open());
    }

    [Fact]
    public async Task A_receive_beside_a_waiting_one_is_refused()
    {
        await using var bench = new MemoryBench();
        var waiting = bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: false, MemoryBench.Token));

        await bench.SendManyAsync(1);
        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task A_receiver_that_asks_for_the_impossible_is_a_configuration_error()
    {
        await using var bench = new MemoryBench();

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () =>
            await bench.Broker.OpenReceiverAsync("critical", new ReceiverOptions { Lease = TimeSpan.Zero, Worker = "w" }, MemoryBench.Token));

        Assert.Contains("Jobs:Queues:critical:Lease", error.Message, StringComparison.Ordinal);
    }

    // Inline, the send would wait for what comes after it.
    private static async Task ReceiveAsync(MemoryBench bench, ManualResetEventSlim hasSent)
    {
        Assert.Equal(1, await bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token).ConfigureAwait(false));
        Assert.True(hasSent.Wait(TimeSpan.FromSeconds(30), MemoryBench.Token));
    }
}
