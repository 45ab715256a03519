using Jobs.Testing;

namespace Jobs.Tests.Testing;

public sealed class FakeTimeProviderTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly List<string> _fired = [];

    [Fact]
    public void Stands_still_until_moved()
    {
        Assert.Equal(Start, _clock.GetUtcNow());
        var timestamp = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(Start.AddSeconds(90), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(90), _clock.GetElapsedTime(timestamp));

        _clock.SetUtcNow(Start.AddHours(1));

        Assert.Equal(Start.AddHours(1), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(1), _clock.GetElapsedTime(timestamp));
    }

    [Fact]
    public void Never_goes_back()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.SetUtcNow(Start.AddTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.MaxValue));
        Assert.Equal(Start, _clock.GetUtcNow());
    }

    [Fact]
    public void Local_time_follows_the_zone()
    {
        Assert.Equal(TimeSpan.Zero, _clock.GetLocalNow().Offset);

        _clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("two", TimeSpan.FromHours(2), "two", "two"));

        Assert.Equal(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(2)), _clock.GetLocalNow());
        Assert.Equal(TimeSpan.FromHours(2), _clock.GetLocalNow().Offset);
    }

    [Fact]
    public void Timers_fire_in_order_each_at_its_time()
    {
        using var late = Timer("late", 5);
        using var early = Timer("early", 2);
        using var equal = Timer("equal", 5);
        using var beyond = Timer("beyond", 11);

        Assert.Equal(Start.AddSeconds(2), _clock.NextTimerDue);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["early@2", "late@5", "equal@5"], _fired);
        Assert.Equal(Start.AddSeconds(10), _clock.GetUtcNow());
        Assert.Equal(Start.AddSeconds(11), _clock.NextTimerDue);
    }

    [Fact]
    public void A_timer_fires_at_the_very_tick_it_is_due()
    {
        using var timer = Timer("t", 2);

        _clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.Empty(_fired);

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["t@2"], _fired);
        Assert.Null(_clock.NextTimerDue);
    }

    [Fact]
    public void A_periodic_timer_fires_again_and_again()
    {
        using var timer = Timer("p", 1, 2);

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["p@1", "p@3", "p@5"], _fired);
        Assert.Equal(Start.AddSeconds(7), _clock.NextTimerDue);
    }

    [Fact]
    public void A_changed_timer_forgets_its_earlier_time()
    {
        using var timer = Timer("t", 1);

        Assert.True(timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(_fired);

        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        Assert.Null(_clock.NextTimerDue);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_fired);
    }

    [Fact]
    public void A_disposed_timer_never_fires()
    {
        var timer = Timer("t", 1, 1);
        timer.Dispose();

        Assert.Null(_clock.NextTimerDue);
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_fired);
    }

    [Fact]
    public void A_timer_set_by_a_callback_fires_in_the_same_move()
    {
        ITimer? second = null;
        using var first = _clock.CreateTimer(_ => second = Timer("second", 3), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["second@4"], _fired);
        second!.Dispose();
    }

    [Fact]
    public void A_callback_may_move_the_clock()
    {
        using var inner = Timer("inner", 2);
        using var outer = _clock.CreateTimer(_ => _clock.Advance(TimeSpan.FromSeconds(10)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["inner@2"], _fired);
        Assert.Equal(Start.AddSeconds(13), _clock.GetUtcNow());
    }

    [Fact]
    public async Task A_timer_due_at_once_needs_no_move()
    {
        var fired = new TaskCompletionSource();

        using var timer = _clock.CreateTimer(_ => fired.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await fired.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Null(_clock.NextTimerDue);
    }

    [Fact]
    public void A_callback_runs_in_the_context_that_made_the_timer()
    {
        var local = new AsyncLocal<string> { Value = "made" };
        string? seen = null;
        using var timer = _clock.CreateTimer(_ => seen = local.Value, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        local.Value = "moved";

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("made", seen);
    }

    [Fact]
    public void An_exception_comes_out_of_the_move_and_the_clock_works_on()
    {
        using var bad = _clock.CreateTimer(_ => throw new InvalidOperationException("bad"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var good = Timer("good", 2);

        Assert.Equal("bad", Assert.Throws<InvalidOperationException>(() => _clock.Advance(TimeSpan.FromSeconds(3))).Message);
        Assert.Equal(Start.AddSeconds(1), _clock.GetUtcNow());

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["good@2"], _fired);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(uint.MaxValue)]
    public void Refuses_what_a_real_timer_refuses(double milliseconds)
    {
        var span = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Throws<ArgumentOutOfRangeException>("dueTime", () => _clock.CreateTimer(_ => { }, null, span, Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), span));
        Assert.Null(_clock.NextTimerDue);
    }

    [Fact]
    public async Task Delays_and_timeouts_take_their_time_from_it()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _clock, TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource(TimeSpan.FromHours(2), _clock);

        _clock.Advance(TimeSpan.FromHours(1));
        await delay;
        Assert.False(timeout.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(timeout.IsCancellationRequested);
    }

    [Fact]
    public void Concurrent_moves_add_up_and_fire_each_timer_once()
    {
        const int threads = 4, moves = 500;
        var fired = 0;
        var timers = Enumerable.Range(1, threads * moves)
            .Select(n => _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.FromSeconds(n), Timeout.InfiniteTimeSpan))
            .ToArray();

        var movers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < moves; i++)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
            }
        })).ToArray();
        Array.ForEach(movers, mover => mover.Start());
        Array.ForEach(movers, mover => mover.Join());

        Assert.Equal(Start.AddSeconds(threads * moves), _clock.GetUtcNow());
        Assert.Equal(timers.Length, fired);
    }

    private ITimer Timer(string name, int due, int? period = null) => _clock.CreateTimer(
        _ => _fired.Add($"{name}@{(_clock.GetUtcNow() - Start).TotalSeconds}"),
        null,
        TimeSpan.FromSeconds(due),
        period is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan);
}
