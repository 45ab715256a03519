using Jobs.Running;

namespace Jobs.Tests.Running;

public class JobRunTests
{
    private readonly RunBench _bench = new();
    private readonly JobRun _run;

    public JobRunTests()
    {
        _run = new JobRun(_bench.Lane, 0);
        Assign();
    }

    [Fact]
    public void A_stale_ticket_touches_nothing_of_the_next_job_in_the_slot()
    {
        Assert.True(_run.TryClaim());
        var stale = _run.Ticket;
        Assert.True(_run.TryMove(RunPhase.Running, RunPhase.Settling));
        _run.Clear();
        Assign();
        Assert.True(_run.TryClaim());

        Assert.False(_run.IsSame(stale));
        Assert.False(_run.TryStop(stale, StopReason.LeaseLost));
        Assert.False(_run.TryMove(stale, RunPhase.Abandoned));
        Assert.Equal((RunPhase.Running, StopReason.None), (_run.Phase, _run.StopReason));
        Assert.False(_run.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_ticket_goes_stale_with_every_change()
    {
        var ticket = _run.Ticket;
        Assert.True(_run.TryStop(ticket, StopReason.LeaseLost));
        Assert.False(_run.TryStop(ticket, StopReason.SoftTimeout));
        Assert.False(_run.TryStop(_run.Ticket, StopReason.SoftTimeout));
        Assert.False(_run.TryMove(ticket, RunPhase.Settling));
        Assert.True(_run.TryMove(_run.Ticket, RunPhase.Settling));
        Assert.Equal(StopReason.LeaseLost, _run.StopReason);
    }

    [Theory]
    [InlineData((byte)RunPhase.Settling)]
    [InlineData((byte)RunPhase.Abandoned)]
    public void What_has_ended_is_not_stopped(byte phase)
    {
        _run.TryClaim();
        _run.TryMove(RunPhase.Running, (RunPhase)phase);

        Assert.False(_run.TryStop(_run.Ticket, StopReason.SoftTimeout));
    }

    [Fact]
    public void Only_one_of_many_claims_a_run()
    {
        for (var round = 0; round < 200; round++)
        {
            var claims = 0;
            Parallel.For(0, 8, _ =>
            {
                if (_run.TryClaim())
                {
                    Interlocked.Increment(ref claims);
                }
            });

            Assert.Equal(1, claims);
            _run.Clear();
            Assign();
        }
    }

    [Fact]
    public void A_run_in_an_open_batch_is_not_claimed()
    {
        _run.IsCollecting = true;
        Assert.False(_run.TryClaim());
        _run.IsCollecting = false;
        Assert.True(_run.TryClaim());
    }

    [Fact]
    public void A_token_first_asked_for_after_the_stop_is_cancelled()
    {
        _run.TryClaim();
        _run.TryStop(_run.Ticket, StopReason.HostStopping);

        Assert.True(_run.Token.IsCancellationRequested);
    }

    [Fact]
    public void The_next_run_has_a_fresh_token()
    {
        _run.TryClaim();
        var token = _run.Token;
        _run.TryStop(_run.Ticket, StopReason.SoftTimeout);
        _run.Tokens!.Cancel();
        _run.Clear();
        Assign();

        Assert.True(token.IsCancellationRequested);
        Assert.False(_run.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_callback_left_behind_is_not_called_for_the_next_run()
    {
        var called = false;
        _run.Token.Register(() => called = true);
        _run.Clear();
        Assign();
        _ = _run.Token;
        _run.Tokens!.Cancel();

        Assert.False(called);
    }

    [Fact]
    public void Clear_forgets_everything()
    {
        _run.IsExclusive = true;
        _run.IsCollecting = true;
        _run.Batch = [_run];
        _run.StartedAt = 5;
        _run.Held = [];
        _run.Clear();

        Assert.Equal(RunPhase.Free, _run.Phase);
        Assert.False(_run.IsExclusive || _run.IsCollecting);
        Assert.Null(_run.Batch);
        Assert.Null(_run.Held);
        Assert.Equal(0, _run.StartedAt);
        Assert.Null(_run.Delivery);
    }

    [Fact]
    public void A_delivery_that_was_reused_is_not_ours()
    {
        var delivery = new TestDelivery(TestJobs.Message());
        _run.Clear();
        _run.Assign(delivery, null, 0, 1, 1);
        Assert.True(_run.IsDeliveryOurs);

        delivery.Reuse(TestJobs.Message());

        Assert.False(_run.IsDeliveryOurs);
    }

    [Fact]
    public void An_empty_slot_owns_no_delivery()
    {
        _run.Clear();

        Assert.False(_run.IsDeliveryOurs);
    }

    private void Assign() => _run.Assign(new TestDelivery(TestJobs.Message()), null, 0, 1, 1);
}
