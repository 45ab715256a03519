using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Running;
using Jobs.Tests.Running;

namespace Jobs.Tests.Leasing;

public sealed class LeaseKeeperTests : IDisposable
{
    private static readonly TimeSpan Third = RunBench.Lease / 3;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly RunBench _bench = new(4);
    private readonly Gated _gated = new();

    public void Dispose() => _gated.Dispose();

    [Fact]
    public async Task A_lease_is_renewed_when_a_third_of_it_has_passed_and_not_before()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);

        _bench.Advance(Third - Tick);
        Assert.Empty(_bench.Receiver.Renewed);
        _bench.Advance(Tick);
        Assert.Same(run.Delivery, Assert.Single(_bench.Receiver.Renewed));
        _bench.Advance(Third - Tick);
        Assert.Single(_bench.Receiver.Renewed);
        _bench.Advance(Tick);
        Assert.Equal(2, _bench.Receiver.Renewed.Count);

        await EndAsync();
    }

    [Fact]
    public async Task S05_a_run_of_ten_leases_is_renewed_all_the_time()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        for (var i = 0; i < 10 * 3; i++)
        {
            _bench.Advance(Third);
            Assert.Equal(StopReason.None, run.StopReason);
            Assert.True(run.LeaseEnds > _bench.Clock.GetTimestamp());
        }

        Assert.Equal(30, _bench.Receiver.Renewed.Count);
        await EndAsync();
        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Receiver.Settled).Kind);
    }

    [Fact]
    public async Task What_waits_at_the_gate_is_renewed_too()
    {
        var bench = new RunBench(1);
        bench.Offer(_gated.Job);
        bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);

        bench.Advance(Third);

        Assert.Equal(2, bench.Receiver.Renewed.Count);
        _gated.Open();
        await bench.WhenDoneAsync();
    }

    [Fact]
    public async Task S06_a_renewal_without_an_answer_is_asked_again_and_lost_only_after_the_lease()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        _bench.Receiver.OnRenew = _ => SettleResult.Unknown;

        var start = _bench.Clock.GetTimestamp();
        var losses = 0L;
        while (run.StopReason == StopReason.None)
        {
            _bench.Advance(TimeSpan.FromMilliseconds(100));
            losses = _bench.Clock.GetTimestamp() - start;
            Assert.True(losses <= RunBench.Lease.Ticks + TimeSpan.FromSeconds(3).Ticks, "Never noticed.");
        }

        Assert.True(losses >= RunBench.Lease.Ticks);
        Assert.InRange(_bench.Receiver.Renewed.Count, 6, 9);
        Assert.Equal(StopReason.LeaseLost, run.StopReason);
        Assert.True(_gated.Token.IsCancellationRequested);
        await EndAsync();
        Assert.Empty(_bench.Receiver.Settled);
    }

    [Fact]
    public async Task A_renewal_that_throws_counts_as_unanswered()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        _bench.Receiver.OnRenew = _ => throw new IOException("away");
        _bench.Advance(Third);
        Assert.Equal(StopReason.None, run.StopReason);

        _bench.Receiver.OnRenew = _ => SettleResult.Ok;
        _bench.Advance(RunBench.Lease / 10);

        Assert.True(run.LeaseEnds >= _bench.Clock.GetTimestamp() + RunBench.Lease.Ticks);
        await EndAsync();
    }

    [Fact]
    public async Task A_lease_that_the_broker_says_is_lost_is_lost_at_once()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        _bench.Receiver.OnRenew = _ => SettleResult.LeaseLost;

        _bench.Advance(Third);
        _bench.Advance(Third);

        Assert.Equal(StopReason.LeaseLost, run.StopReason);
        Assert.Single(_bench.Receiver.Renewed);
        Assert.True(_gated.Token.IsCancellationRequested);
        await EndAsync();
        Assert.Empty(_bench.Receiver.Settled);
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task S08_after_a_pause_longer_than_the_lease_the_broker_is_asked_before_the_run_is_stopped()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);

        _bench.Advance(TimeSpan.FromSeconds(45));

        Assert.Single(_bench.Receiver.Renewed);
        Assert.Equal(StopReason.None, run.StopReason);
        await EndAsync();
        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Receiver.Settled).Kind);
    }

    [Fact]
    public async Task S10_what_waited_past_its_lease_does_not_start()
    {
        var bench = new RunBench(1);
        using var first = new Gated();
        bench.Offer(first.Job);
        await first.StartedAsync(1);
        bench.Offer(_gated.Job);

        bench.Clock.Advance(RunBench.Lease);
        first.Open();
        await bench.WhenDoneAsync();

        Assert.Equal(0, _gated.Started);
        Assert.Single(bench.Receiver.Settled);
    }

    [Fact]
    public async Task What_waited_a_whole_lease_is_given_back()
    {
        var bench = new RunBench(1);
        using var first = new Gated();
        bench.Offer(first.Job);
        await first.StartedAsync(1);
        var waiting = bench.Offer(_gated.Job);
        var delivery = waiting.Delivery;

        bench.Advance(RunBench.Lease - Tick);
        Assert.Empty(bench.Receiver.Settled);
        bench.Advance(Tick);

        var settlement = Assert.Single(bench.Receiver.Settled);
        Assert.Equal((SettleKind.Release, delivery), (settlement.Kind, settlement.Delivery));
        first.Open();
        await bench.WhenDoneAsync();
        Assert.Equal(0, _gated.Started);
    }

    [Fact]
    public async Task S53_an_exclusive_run_that_waited_a_whole_lease_is_put_off()
    {
        var run = _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        using var alone = new Gated();
        _bench.Offer(alone.Job, new TestDelivery(TestJobs.Message(state: new MessageState { Crashes = 2 })));

        _bench.Advance(RunBench.Lease);

        var settlement = Assert.Single(_bench.Receiver.Settled);
        Assert.Equal(SettleKind.Defer, settlement.Kind);
        Assert.True(settlement.Due > _bench.Clock.GetUtcNow());
        await EndAsync();
        Assert.Equal(0, alone.Started);
    }

    [Fact]
    public async Task S70_past_the_soft_limit_the_token_is_cancelled_and_the_timeout_is_the_failure()
    {
        using var polite = new Gated(TestJobs.Settings with { Timeout = TimeSpan.FromSeconds(5) }, ignoresToken: false);
        var run = _bench.Offer(polite.Job);
        await polite.StartedAsync(1);

        _bench.Advance(TimeSpan.FromSeconds(5) - Tick);
        Assert.False(polite.Token.IsCancellationRequested);
        _bench.Advance(Tick);
        await _bench.WhenDoneAsync();

        var settlement = Assert.Single(_bench.Receiver.Settled);
        Assert.Equal(SettleKind.Retry, settlement.Kind);
        Assert.Equal(typeof(JobTimeoutException).FullName, settlement.Failure!.Type);
    }

    [Fact]
    public async Task The_soft_limit_of_the_call_wins()
    {
        using var polite = new Gated(ignoresToken: false);
        _bench.Offer(polite.Job, new TestDelivery(TestJobs.Message(attributes: new() { Timeout = TimeSpan.FromSeconds(2) })));
        await polite.StartedAsync(1);

        _bench.Advance(TimeSpan.FromSeconds(2));
        await _bench.WhenDoneAsync();

        Assert.Contains("00:00:02", Assert.Single(_bench.Receiver.Settled).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S70_past_the_hard_limit_a_run_is_abandoned_its_permit_freed_and_its_end_ignored()
    {
        using var deaf = new Gated(TestJobs.Settings with { Timeout = TimeSpan.FromSeconds(5), HardTimeoutGrace = TimeSpan.FromSeconds(3) });
        var bench = new RunBench(1);
        var run = bench.Offer(deaf.Job, new TestDelivery(TestJobs.Message(attributes: new() { Timeout = TimeSpan.FromSeconds(6) })));
        await deaf.StartedAsync(1);
        bench.Offer(_gated.Job);

        bench.Advance(TimeSpan.FromSeconds(9) - Tick);
        Assert.True(deaf.Token.IsCancellationRequested);
        Assert.Empty(bench.Receiver.Settled);
        bench.Advance(Tick);

        await _gated.StartedAsync(1);
        var settlement = Assert.Single(bench.Receiver.Settled);
        Assert.Equal((SettleKind.Retry, typeof(JobTimeoutException).FullName), (settlement.Kind, settlement.Failure!.Type));
        Assert.Contains("00:00:09", settlement.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(RunPhase.Abandoned, run.Phase);
        Assert.DoesNotContain(run, bench.Lane.Slots.ToArray());

        deaf.Open();
        _gated.Open();
        await bench.WhenDoneAsync();
        Assert.Equal(2, bench.Receiver.Settled.Count());
        Assert.Equal(0, bench.Gate.InHand);
    }

    [Fact]
    public async Task A_run_that_returns_after_the_soft_limit_has_succeeded()
    {
        using var deaf = new Gated(TestJobs.Settings with { Timeout = TimeSpan.FromSeconds(5) });
        _bench.Offer(deaf.Job);
        await deaf.StartedAsync(1);
        _bench.Advance(TimeSpan.FromSeconds(5));
        deaf.Open();
        await _bench.WhenDoneAsync();

        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Receiver.Settled).Kind);
    }

    [Fact]
    public async Task What_is_settling_is_renewed_until_it_is_settled()
    {
        var answer = new TaskCompletionSource();
        _bench.Receiver.OnSettle = (_, _) => new ValueTask(answer.Task);
        _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        _gated.Open();
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());

        _bench.Advance(Third);
        Assert.Single(_bench.Receiver.Renewed);

        answer.SetResult();
        await _bench.WhenDoneAsync();
        _bench.Advance(Third);
        Assert.Single(_bench.Receiver.Renewed);
    }

    [Fact]
    public async Task Many_leases_are_renewed_in_one_tick()
    {
        var bench = new RunBench(1_000);
        bench.OfferAll((bench.Lane, _gated.Job, 700));
        await _gated.StartedAsync(700);

        bench.Advance(Third);

        Assert.Equal(700, bench.Receiver.Renewed.Distinct().Count());
        _gated.Open();
        await bench.WhenDoneAsync();
    }

    [Fact]
    public async Task After_the_stop_nothing_is_renewed()
    {
        _bench.Offer(_gated.Job);
        await _gated.StartedAsync(1);
        _bench.Keeper.StopRenewing();

        _bench.Advance(Third);

        Assert.Empty(_bench.Receiver.Renewed);
        await EndAsync();
    }

    [Fact]
    public async Task A_reused_delivery_is_neither_renewed_nor_settled_by_the_run_that_lost_it()
    {
        var delivery = new TestDelivery(TestJobs.Message());
        var run = _bench.Offer(_gated.Job, delivery);
        await _gated.StartedAsync(1);
        delivery.Reuse(TestJobs.Message());

        _bench.Advance(Third);
        Assert.Empty(_bench.Receiver.Renewed);
        Assert.Equal(StopReason.LeaseLost, run.StopReason);

        await EndAsync();
        Assert.Empty(_bench.Receiver.Settled);
    }

    [Fact]
    public async Task A_failed_run_whose_delivery_went_back_unnoticed_ends_without_a_word()
    {
        var delivery = new TestDelivery(TestJobs.Message());
        _bench.Offer(_gated.Job, delivery);
        await _gated.StartedAsync(1);
        delivery.Reuse(null);

        _gated.Fail(new InvalidOperationException("no"));
        await _bench.WhenDoneAsync();

        Assert.Empty(_bench.Receiver.Settled);
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task D09_at_the_end_of_a_shutdowns_patience_every_run_is_cancelled_and_released()
    {
        using var polite = new Gated(ignoresToken: false);
        _bench.Offer(polite.Job);
        _bench.Offer(polite.Job);
        await polite.StartedAsync(2);

        _bench.Keeper.StopAll(StopReason.HostStopping);
        await _bench.WhenDoneAsync();

        Assert.Equal([SettleKind.Release, SettleKind.Release], _bench.Receiver.Settled.Select(settlement => settlement.Kind));
        Assert.All(_bench.Receiver.Settled, settlement => Assert.Null(settlement.Failure));
    }

    private async Task EndAsync()
    {
        _gated.Open();
        await _bench.WhenDoneAsync();
    }
}
