using System.Collections.Concurrent;
using Jobs.Catalog;
using Jobs.Messages;
using Jobs.Running;

namespace Jobs.Tests.Running;

public class FairGateTests
{
    private static readonly MessageState Crashed = new() { Crashes = 2 };

    [Fact]
    public async Task S77_lanes_share_by_weight_while_all_have_work()
    {
        var bench = new RunBench(1, strict: false, RunBench.Queue("high", 6), RunBench.Queue("normal", 3), RunBench.Queue("low", 1));
        var order = await RunAllAsync(bench, 1_000);

        var counts = order.Take(1_000).CountBy(name => name).ToDictionary();
        Assert.InRange(counts["high"], 595, 605);
        Assert.InRange(counts["normal"], 295, 305);
        Assert.InRange(counts["low"], 95, 105);
    }

    [Fact]
    public async Task S77_strict_lanes_starve_those_of_less_weight()
    {
        var bench = new RunBench(1, strict: true, RunBench.Queue("low", 1), RunBench.Queue("high", 6), RunBench.Queue("normal", 3));
        var order = await RunAllAsync(bench, 100);

        Assert.Equal([.. Enumerable.Repeat("high", 100), .. Enumerable.Repeat("normal", 100), .. Enumerable.Repeat("low", 100)], order);
    }

    [Fact]
    public async Task Strict_lanes_leave_to_the_others_what_they_cannot_use()
    {
        var bench = new RunBench(2, strict: true, RunBench.Queue("high", 6, concurrency: 1), RunBench.Queue("low", 1));
        using var high = new Gated();
        using var low = new Gated();
        bench.OfferAll((bench.Lanes[0], high.Job, 2), (bench.Lanes[1], low.Job, 1));

        await high.StartedAsync(1);
        await low.StartedAsync(1);
        Assert.Equal(1, bench.Lanes[0].Running);

        high.Open();
        low.Open();
        await bench.WhenDoneAsync();
    }

    [Fact]
    public async Task An_idle_lane_holds_no_permit()
    {
        var bench = new RunBench(1, strict: false, RunBench.Queue("a", 100), RunBench.Queue("b", 100), RunBench.Queue("c"));
        var ran = new TaskCompletionSource();
        bench.Offer(TestJobs.Job((_, _) =>
        {
            ran.TrySetResult();
            return default;
        }), lane: bench.Lanes[2]);

        await RunBench.Soon(ran.Task);
        await bench.WhenDoneAsync();
    }

    [Fact]
    public async Task A_lane_that_was_idle_has_saved_up_no_claim()
    {
        var bench = new RunBench(1, strict: false, RunBench.Queue("busy"), RunBench.Queue("idle"));
        await RunAllAsync(bench, 500, bench.Lanes[0]);

        var order = await RunAllAsync(bench, 100);

        Assert.InRange(order.Take(20).Count(name => name == "idle"), 9, 11);
    }

    [Fact]
    public async Task A_lane_runs_no_more_than_its_own_concurrency()
    {
        var bench = new RunBench(10, strict: false, RunBench.Queue("default", concurrency: 2));
        using var gated = new Gated();
        bench.OfferAll((bench.Lane, gated.Job, 6));

        await gated.StartedAsync(2);
        Assert.Equal(2, bench.Gate.Running);

        gated.Open();
        await bench.WhenDoneAsync();
        Assert.Equal(6, gated.Started);
        Assert.Equal(2, gated.MostAtOnce);
    }

    [Fact]
    public async Task The_process_runs_no_more_than_its_concurrency()
    {
        var bench = new RunBench(3, strict: false, RunBench.Queue("a"), RunBench.Queue("b"));
        using var gated = new Gated();
        bench.OfferAll((bench.Lanes[0], gated.Job, 5), (bench.Lanes[1], gated.Job, 5));

        await gated.StartedAsync(3);
        Assert.Equal(3, bench.Gate.Running);

        gated.Open();
        await bench.WhenDoneAsync();
        Assert.Equal(3, gated.MostAtOnce);
    }

    [Fact]
    public async Task S53_a_job_that_killed_workers_twice_waits_and_then_runs_alone()
    {
        var bench = new RunBench(4);
        using var others = new Gated();
        using var alone = new Gated();
        bench.OfferAll((bench.Lane, others.Job, 2));
        await others.StartedAsync(2);
        bench.Offer(alone.Job, new TestDelivery(TestJobs.Message(state: Crashed)));
        bench.OfferAll((bench.Lane, others.Job, 2));

        Assert.Equal((0, 2), (alone.Started, bench.Gate.Running));

        others.Open();
        await alone.StartedAsync(1);
        Assert.Equal((2, 1), (others.Started, bench.Gate.Running));

        alone.Open();
        await bench.WhenDoneAsync();
        Assert.Equal(4, others.Started);
    }

    [Fact]
    public async Task Several_exclusive_runs_run_one_after_the_other()
    {
        var bench = new RunBench(4);
        using var alone = new Gated();
        alone.Open();
        for (var i = 0; i < 5; i++)
        {
            bench.Offer(alone.Job, new TestDelivery(TestJobs.Message(state: Crashed)));
        }

        await bench.WhenDoneAsync();
        Assert.Equal((5, 1), (alone.Started, alone.MostAtOnce));
    }

    [Fact]
    public async Task An_exclusive_run_that_gives_up_lets_the_others_start()
    {
        var bench = new RunBench(4);
        using var endless = new Gated();
        using var others = new Gated();
        using var alone = new Gated();
        bench.Offer(endless.Job);
        await endless.StartedAsync(1);
        bench.Offer(alone.Job, new TestDelivery(TestJobs.Message(state: Crashed)));
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        bench.Offer(others.Job);
        Assert.Equal(0, others.Started);

        bench.Advance(TimeSpan.FromSeconds(10));

        await others.StartedAsync(1);
        Assert.Equal(0, alone.Started);
        endless.Open();
        others.Open();
        await bench.WhenDoneAsync();
    }

    [Fact]
    public async Task A_slot_that_was_given_back_and_reused_starts_once_and_in_its_turn()
    {
        var bench = new RunBench(1);
        using var first = new Gated();
        bench.Offer(first.Job);
        await first.StartedAsync(1);
        var order = new ConcurrentQueue<int>();
        var job = TestJobs.Job((args, _) =>
        {
            order.Enqueue(args.Value);
            return default;
        });

        // The slot of 1 goes back while its place at the gate is still there, and 2 gets it.
        var given = bench.Offer(job, new TestDelivery(TestJobs.Message(1)));
        bench.Clock.Advance(TimeSpan.FromSeconds(15));
        bench.Offer(job, new TestDelivery(TestJobs.Message(3)));
        bench.Advance(TimeSpan.FromSeconds(15));
        var reused = bench.Accept(job, new TestDelivery(TestJobs.Message(2)));
        Assert.Same(given, reused);
        bench.Gate.Offer(bench.Lane, [reused]);
        first.Open();
        await bench.WhenDoneAsync();

        Assert.Equal([3, 2], order);
    }

    [Fact]
    public void Credit_is_what_the_lane_may_still_hold()
    {
        var bench = new RunBench(4, strict: false, RunBench.Queue("default", concurrency: 4));
        Assert.Equal(4, bench.Gate.GetCredit(bench.Lane));

        var runs = new JobRun[4];
        bench.Gate.Rent(bench.Lane, runs);
        Assert.Equal(0, bench.Gate.GetCredit(bench.Lane));

        foreach (var run in runs)
        {
            bench.Gate.Return(run);
        }

        Assert.Equal(4, bench.Gate.GetCredit(bench.Lane));
        Assert.True(bench.Lane.Credited.WaitAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_prefetch_follows_what_starts_in_100_ms()
    {
        var bench = new RunBench(4, strict: false, RunBench.Queue("default", concurrency: 4));
        await RunAllAsync(bench, 40);

        bench.Gate.AdaptPrefetch(TimeSpan.FromMilliseconds(200));
        Assert.Equal(20, bench.Lane.Prefetch);

        bench.Gate.AdaptPrefetch(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, bench.Lane.Prefetch);

        await RunAllAsync(bench, 500);
        bench.Gate.AdaptPrefetch(TimeSpan.FromMilliseconds(1));
        Assert.Equal(100, bench.Lane.Prefetch);
    }

    [Fact]
    public async Task A_burst_of_fast_jobs_does_not_wait_for_the_tick_to_be_prefetched()
    {
        var bench = new RunBench(4, strict: false, RunBench.Queue("default", concurrency: 4));

        // One more than asked for runs first. As many as there are places may take as long as they like: none waits behind them.
        await RunAllAsync(bench, 3);
        Assert.Equal(0, bench.Lane.Prefetch);

        await RunAllAsync(bench, 35);
        Assert.Equal(36, bench.Lane.Prefetch);

        await RunAllAsync(bench, 500);
        Assert.Equal(100, bench.Lane.Prefetch);
    }

    private static async Task<List<string>> RunAllAsync(RunBench bench, int count, params QueueLane[] lanes)
    {
        var order = new ConcurrentQueue<string>();
        using var hold = new Gated();

        // The first run holds the only permit until all others have been offered.
        bench.Offer(hold.Job);
        await hold.StartedAsync(1);
        bench.OfferAll((lanes.Length == 0 ? bench.Lanes : lanes).Select(lane => (lane, Recorder(lane.Name), count)));
        hold.Open();
        await bench.WhenDoneAsync();
        return [.. order];

        JobRegistration Recorder(string name) => TestJobs.Job((_, _) =>
        {
            order.Enqueue(name);
            return default;
        });
    }
}
