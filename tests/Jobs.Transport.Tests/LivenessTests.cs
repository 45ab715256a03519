using Jobs.Testing;

namespace Jobs.Transport.Tests;

public sealed class LivenessTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Liveness _liveness;

    public LivenessTests() => _liveness = new(new TransportOptions { KeepAlive = 5 * Second, DeadAfter = 10 * Second }, _time);

    [Fact]
    public void Who_owes_nothing_is_asked_after_a_quiet_while()
    {
        Assert.Equal(Sign.Alive, After(4, isOwed: false));
        Assert.Equal(Sign.Ask, After(1, isOwed: false));
    }

    [Fact]
    public void Who_owes_is_dead_after_a_silence_counted_from_the_question()
    {
        After(100, isOwed: false);
        Assert.Equal(Sign.Alive, After(1, isOwed: true));
        Assert.Equal(Sign.Alive, After(8, isOwed: true));
        Assert.Equal(Sign.Dead, After(1, isOwed: true));
    }

    [Fact]
    public void Whatever_is_heard_is_a_sign_of_life()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Sign.Alive, After(9, isOwed: true));
            _liveness.Heard();
        }
    }

    [Fact]
    public void It_is_due_often_enough_to_be_exact()
    {
        Assert.False(_liveness.IsDue);
        _time.Advance(_liveness.Period);
        Assert.True(_liveness.IsDue);
        _liveness.Check(isOwed: false);
        Assert.False(_liveness.IsDue);
        Assert.Equal(1.25 * Second, _liveness.Period);
    }

    private Sign After(int seconds, bool isOwed)
    {
        _time.Advance(seconds * Second);
        return _liveness.Check(isOwed);
    }
}
