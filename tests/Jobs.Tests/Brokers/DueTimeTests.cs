using Jobs.Brokers;

namespace Jobs.Tests.Brokers;

public class DueTimeTests
{
    [Fact]
    public void A_part_of_a_millisecond_counts_as_a_whole_one() =>
        Assert.Equal(1_001, DueTime.ToMilliseconds(DateTimeOffset.UnixEpoch.AddSeconds(1).AddTicks(1)));

    [Fact]
    public void The_end_of_time_can_be_read_back() =>
        Assert.Equal(DateTimeOffset.MaxValue.Date, DueTime.FromMilliseconds(DueTime.ToMilliseconds(DateTimeOffset.MaxValue)).Date);

    [Theory]
    [InlineData(long.MaxValue, "9999-12-31")]
    [InlineData(long.MinValue, "1970-01-01")]
    public void A_number_beyond_all_times_is_one_at_their_end(long due, string day) =>
        Assert.Equal(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture), DueTime.FromMilliseconds(due).Date);
}
