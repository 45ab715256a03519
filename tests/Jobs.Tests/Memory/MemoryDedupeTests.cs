using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;

namespace Jobs.Tests.Memory;

public class MemoryDedupeTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_repeated_id_is_a_duplicate_within_the_window_even_when_the_job_is_done()
    {
        await using var bench = new MemoryBench();

        Assert.Equal(SendStatus.Accepted, await SendAsync(bench));
        Assert.Equal(SendStatus.Duplicate, await SendAsync(bench));
        await bench.CompleteAsync(await bench.ReceiveOneAsync());
        bench.Clock.Advance(Window - TimeSpan.FromSeconds(1));
        Assert.Equal(SendStatus.Duplicate, await SendAsync(bench));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(SendStatus.Accepted, await SendAsync(bench));
    }

    [Fact]
    public async Task A_repeated_id_is_a_duplicate_while_the_job_lives()
    {
        await using var bench = new MemoryBench();
        await SendAsync(bench);
        for (var i = 0; i < 3; i++)
        {
            var delivery = await bench.ReceiveOneAsync();
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await bench.SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Retry, Failure = MemoryBench.Failure(), Due = bench.Now + Window });
            bench.Clock.Advance(Window);
            Assert.Equal(SendStatus.Duplicate, await SendAsync(bench));
        }

        await bench.CompleteAsync(await bench.ReceiveOneAsync());
        Assert.Equal(SendStatus.Accepted, await SendAsync(bench));
    }

    [Fact]
    public async Task Two_sendings_of_one_copy_make_one_job()
    {
        await using var bench = new MemoryBench();
        var state = new MessageState { Copy = 3 };

        Assert.Equal(SendStatus.Accepted, await SendAsync(bench, state, mayRepeat: false));
        Assert.Equal(SendStatus.Duplicate, await SendAsync(bench, state, mayRepeat: false));

        await bench.ReceiveOneAsync();
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task Producers_that_race_with_one_id_make_one_job()
    {
        await using var bench = new MemoryBench();

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => SendAsync(bench))));

        Assert.Single(results, SendStatus.Accepted);
        Assert.Equal(49, results.Count(static status => status == SendStatus.Duplicate));
        await bench.ReceiveOneAsync();
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public void What_is_over_is_forgotten()
    {
        var seen = new DedupeWindow(Window);
        var now = DateTimeOffset.UnixEpoch;
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(seen.TryAdd(Id(i), 0, now.AddSeconds(i)));
            if (i != 500)
            {
                seen.End(Id(i));
            }
        }

        seen.Expire(now.AddHours(1));

        Assert.Equal(1, seen.Count);
        Assert.Equal(DateTimeOffset.MaxValue, seen.Next);
        seen.End(Id(500));
        Assert.Equal(0, seen.Count);
    }

    [Fact]
    public async Task Forgetting_needs_no_traffic()
    {
        await using var bench = new MemoryBench();
        await SendAsync(bench);
        await bench.CompleteAsync(await bench.ReceiveOneAsync());
        Assert.NotNull(bench.Clock.NextTimerDue);

        bench.Clock.Advance(Window);

        Assert.Null(bench.Clock.NextTimerDue);
    }

    private static JobId Id(int i) => new JobId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).Child(i);

    private static async Task<SendStatus> SendAsync(MemoryBench bench, MessageState? state = null, bool mayRepeat = true)
    {
        var message = bench.Message();
        message.Id = Id(0);
        message.MayRepeat = mayRepeat;
        message.State = state ?? MessageState.Initial;
        return (await bench.SendAsync(message)).Status;
    }
}
