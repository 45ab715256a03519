using Jobs.Brokers;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Running;

/// <summary>A log provider that throws wherever something is said, of a full disk for instance.</summary>
public class BrokenLogTests
{
    private readonly RunBench _bench = new(new BrokenLogger());

    [Fact]
    public async Task Settling_goes_on_after_a_flush_that_failed()
    {
        var fails = true;
        _bench.Receiver.OnSettle = (_, _) => fails ? throw new IOException("away") : default;
        _bench.Offer(TestJobs.Job((_, _) => default));
        await _bench.WhenDoneAsync();

        fails = false;
        _bench.Offer(TestJobs.Job((_, _) => default));
        await _bench.WhenDoneAsync();

        Assert.Equal((2, 0), (_bench.Receiver.Flushes.Count, _bench.Gate.InHand));
    }

    [Fact]
    public async Task A_lost_lease_gives_back_permit_and_slot()
    {
        using var gated = new Gated(ignoresToken: false);
        _bench.Receiver.OnRenew = static _ => SettleResult.LeaseLost;
        _bench.Offer(gated.Job);
        await gated.StartedAsync(1);

        _bench.Advance(RunBench.Lease / 2);
        await _bench.WhenDoneAsync();

        Assert.Equal((0, 0), (_bench.Gate.Running, _bench.Gate.InHand));
    }

    [Fact]
    public async Task A_run_that_is_given_up_on_gives_back_permit_and_slot()
    {
        using var gated = new Gated();
        _bench.Offer(gated.Job);
        await gated.StartedAsync(1);

        _bench.Advance(TimeSpan.FromHours(2));
        await _bench.WhenDoneAsync();

        Assert.Equal((0, 0), (_bench.Gate.Running, _bench.Gate.InHand));
    }

    [Fact]
    public async Task A_renewal_that_fails_does_not_end_the_keeper()
    {
        using var gated = new Gated();
        _bench.Receiver.OnRenew = static _ => throw new IOException("away");
        _bench.Offer(gated.Job);
        await gated.StartedAsync(1);

        _bench.Advance(RunBench.Lease / 2);

        gated.Open();
        await _bench.WhenDoneAsync();
        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Receiver.Settled).Kind);
    }

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("No space left on device.");
    }
}
