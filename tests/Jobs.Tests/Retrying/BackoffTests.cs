using Jobs.Retrying;

namespace Jobs.Tests.Retrying;

public class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(12, 2048)]
    [InlineData(13, 3600)]
    [InlineData(1_000, 3600)]
    [InlineData(int.MaxValue, 3600)]
    [InlineData(0, 1)]
    public void D11_the_longest_delay_of_an_attempt_doubles_up_to_the_cap(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.FullJitter(First, Longest, attempt, new FixedRandom(0)));

    [Fact]
    public void D11_full_jitter_spreads_over_the_whole_range()
    {
        var random = new Random(7);
        var delays = Enumerable.Range(0, 10_000).Select(_ => Backoff.FullJitter(First, Longest, 5, random).TotalSeconds).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, 0, 16));
        for (var quarter = 0; quarter < 4; quarter++)
        {
            Assert.InRange(delays.Count(delay => (int)Math.Min(3, delay / 4) == quarter), 2_200, 2_800);
        }
    }

    [Fact]
    public void A_delay_is_never_negative() =>
        Assert.InRange(Backoff.FullJitter(First, Longest, 1, new FixedRandom(FixedRandom.Highest)), TimeSpan.Zero, First);

    [Fact]
    public void The_longest_values_do_not_overflow() =>
        Assert.Equal(TimeSpan.MaxValue, Backoff.FullJitter(TimeSpan.MaxValue, TimeSpan.MaxValue, int.MaxValue, new FixedRandom(0)));

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(FixedRandom.Highest)]
    public void What_was_told_is_never_shortened_and_little_lengthened(double random) =>
        Assert.InRange(Backoff.AtLeast(TimeSpan.FromSeconds(40), new FixedRandom(random)), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(50));

    [Fact]
    public void S51_ten_thousand_jobs_told_the_same_do_not_come_back_at_once()
    {
        var random = new Random(7);
        var delays = Enumerable.Range(0, 10_000).Select(_ => Backoff.AtLeast(TimeSpan.FromSeconds(40), random)).ToArray();

        Assert.All(delays, delay => Assert.True(delay >= TimeSpan.FromSeconds(40)));
        var perSecond = delays.CountBy(delay => (int)delay.TotalSeconds).ToDictionary();
        Assert.Equal(10, perSecond.Count);
        Assert.All(perSecond.Values, count => Assert.InRange(count, 800, 1_200));
    }

    [Fact]
    public void To_wait_for_ever_does_not_overflow() =>
        Assert.Equal(TimeSpan.MaxValue, Backoff.AtLeast(TimeSpan.MaxValue, new FixedRandom(0.5)));
}
