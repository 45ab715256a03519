using Jobs.Hosting;
using Jobs.Memory;
using Jobs.Schedules;
using Jobs.Telemetry;
using Jobs.Testing;
using Jobs.Tests.Running;
using Jobs.Tests.Status;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Schedules;

/// <summary>Marks and locks of ticks, with a store that is away.</summary>
public sealed class ScheduledRunsTests : IAsyncDisposable
{
    private static readonly JobId Tick = JobId.Parse("reports@20260327T220500Z");

    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStore _inner;
    private readonly AwayStore _store;
    private readonly JobsTelemetry _telemetry = new();
    private readonly ScheduledRuns _runs;

    public ScheduledRunsTests()
    {
        _inner = new MemoryStore(_clock);
        _store = new AwayStore(_inner);
        _runs = new ScheduledRuns(new OptionalStore(_store), _telemetry, _clock, new GuardedLogger<ScheduledRuns>(NullLogger<ScheduledRuns>.Instance, _telemetry));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        _telemetry.Dispose();
    }

    [Fact]
    public async Task A_lock_that_was_taken_in_vain_is_given_back()
    {
        _store.OnPut = _ =>
        {
            _store.IsAway = true;
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<DeferJobException>(async () => await _runs.BeginAsync(Tick, Token));
        (_store.OnPut, _store.IsAway) = (null, false);

        _clock.Advance(ScheduledRuns.LockExpiry * 2);

        Assert.NotNull(await _runs.BeginAsync(Tick, Token));
    }

    [Fact]
    public async Task A_tick_is_put_off_while_the_store_does_not_answer()
    {
        (_store.IsAway, _store.Hangs) = (true, true);
        var beginning = _runs.BeginAsync(Tick, Token).AsTask();
        await RunBench.Soon(_store.Hung);

        _clock.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<DeferJobException>(() => RunBench.Soon(beginning));
    }

    [Fact]
    public async Task A_run_that_has_ended_does_not_wait_for_a_store_that_does_not_answer()
    {
        await using var tick = await _runs.BeginAsync(Tick, Token);
        (_store.IsAway, _store.Hangs) = (true, true);
        var completing = _runs.CompleteAsync(Tick).AsTask();
        await RunBench.Soon(_store.Hung);

        _clock.Advance(TimeSpan.FromSeconds(5));

        await RunBench.Soon(completing);
    }
}
