using Jobs.Testing;
using Xunit;

namespace Jobs.Transport.Tests;

public sealed class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StallWatch _watch;

    public StallWatchTests() => _watch = new StallWatch(_time);

    [Fact]
    public void What_is_read_while_the_process_lives_has_just_come_in()
    {
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _watch.Beat();

            Assert.Equal(_time.GetTimestamp(), _watch.EarliestArrival());
        }
    }

    [Fact]
    public void S8_what_is_read_first_after_a_stall_may_have_waited_since_it_began()
    {
        _watch.Beat();
        var began = _time.GetTimestamp();

        _time.Advance(TimeSpan.FromSeconds(45));

        Assert.Equal(began, _watch.EarliestArrival());
    }

    [Fact]
    public void S8_so_may_what_is_read_when_the_watch_was_the_first_to_wake()
    {
        _watch.Beat();
        var began = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(45));
        _watch.Beat();

        Assert.Equal(began, _watch.EarliestArrival());
        _time.Advance(TimeSpan.FromMilliseconds(499));
        _watch.Beat();
        Assert.Equal(began, _watch.EarliestArrival());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(_time.GetTimestamp(), _watch.EarliestArrival());
    }

    [Fact]
    public void A_thread_that_is_a_little_late_is_no_stall()
    {
        _watch.Beat();
        _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(_time.GetTimestamp(), _watch.EarliestArrival());
    }
}
