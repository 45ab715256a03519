namespace Jobs.Transport.Tests;

public sealed class ReconnectDelayTests
{
    [Fact]
    public void The_first_attempt_comes_at_once_and_the_others_ever_later_up_to_a_limit()
    {
        var delay = new ReconnectDelay(static () => 1);

        Assert.Equal([0, 100, 200, 400, 800, 1000, 1000], Next(delay, 7));
        delay.Succeeded();
        Assert.Equal([0, 100], Next(delay, 2));
    }

    [Fact]
    public void Jitter_takes_all_of_the_span()
    {
        var delay = new ReconnectDelay(static () => 0);

        Assert.Equal([0, 0, 0], Next(delay, 3));
    }

    [Fact]
    public void What_must_be_mended_is_tried_slowly_for_ever()
    {
        var delay = new ReconnectDelay(static () => 1);

        Assert.Equal([2000, 3000, 5000, 9000, 16000, 16000], Next(delay, 6, mustBeMended: true));
        Assert.Equal(1000, new ReconnectDelay(static () => 0).Next(mustBeMended: true).TotalMilliseconds);
        Assert.All(Next(delay, 100, mustBeMended: true), static wait => Assert.Equal(16000, wait));
    }

    private static double[] Next(ReconnectDelay delay, int count, bool mustBeMended = false) =>
        [.. Enumerable.Range(0, count).Select(_ => delay.Next(mustBeMended).TotalMilliseconds)];
}
