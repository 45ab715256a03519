namespace Jobs.Tests.Schedules.Cron;

/// <summary>What is no expression, and what the message says: the field, its place and the cure.</summary>
public sealed class CronParserTests
{
    [Theory]
    [InlineData("", 0, "The expression is empty. Write 'minute hour day-of-month month day-of-week'")]
    [InlineData("   ", 0, "The expression is empty")]
    [InlineData("5", 0, "There is 1 field, not 5 or 6")]
    [InlineData("0 7 * *", 0, "There are 4 fields, not 5 or 6")]
    [InlineData("0 0 12 * * ? 2026", 14, "cannot be a year")]
    [InlineData("1 2 3 4 5 6 7 8", 0, "There are 8 fields")]
    [InlineData("60 * * * *", 1, "The minute '60' at character 1 is wrong: '60' is not allowed. Write 0 to 59.")]
    [InlineData("0 24 * * *", 3, "The hour '24' at character 3 is wrong: '24' is not allowed. Write 0 to 23.")]
    [InlineData("0 0 0 * *", 5, "The day of month '0' at character 5 is wrong")]
    [InlineData("0 0 32 * *", 5, "Write 1 to 31.")]
    [InlineData("0 0 1 13 *", 7, "The month '13' at character 7 is wrong: '13' is not allowed. Write 1 to 12 or JAN to DEC.")]
    [InlineData("0 0 1 JANUARY *", 7, "'JANUARY' is not allowed")]
    [InlineData("0 0 * * 8", 9, "The day of week '8' at character 9 is wrong: '8' is not allowed. Write 0 to 7 or SUN to SAT.")]
    [InlineData("0 7 * * * 2026", 11, "A year cannot be given.")]
    [InlineData("0 0 * * 1-9", 9, "'9' is not allowed")]
    [InlineData("1,2,,4 * * * *", 5, "there is nothing before or after a comma")]
    [InlineData("5, * * * *", 3, "there is nothing before or after a comma")]
    [InlineData("0 1,x * * *", 5, "The hour 'x' at character 5 is wrong")]
    [InlineData("*/0 * * * *", 1, "a step is 1 to 60")]
    [InlineData("*/61 * * * *", 1, "a step is 1 to 60")]
    [InlineData("*/ * * * *", 1, "a step is 1 to 60")]
    [InlineData("1- * * * *", 1, "a value is missing")]
    [InlineData("-1 * * * *", 1, "a value is missing")]
    [InlineData("+1 * * * *", 1, "'+1' is not allowed")]
    [InlineData("1.5 * * * *", 1, "'1.5' is not allowed")]
    [InlineData("** * * * *", 1, "'**' is not allowed")]
    [InlineData("*-5 * * * *", 1, "'*' is not allowed")]
    [InlineData("99999999999 * * * *", 1, "is not allowed")]
    [InlineData("١ * * * *", 1, "is not allowed")]
    [InlineData("? * * * *", 1, "Write '*'")]
    [InlineData("0 0 1,? * *", 7, "'?' stands alone")]
    [InlineData("0 0 * * L", 9, "Write '6' if Saturday is meant")]
    [InlineData("0 0 * * #2", 9, "needs a day in front")]
    [InlineData("0 0 * * FRI#6", 9, "after '#' comes 1 to 5")]
    [InlineData("0 0 * * FRI#L", 9, "The last is 'FRIL'")]
    [InlineData("0 0 * * LFRI", 9, "'LFRI' is not allowed")]
    [InlineData("0 0 L-31 * *", 5, "at most 30")]
    [InlineData("0 0 W * *", 5, "'15W' for the weekday nearest to the 15th")]
    [InlineData("0 0 15-20W * *", 5, "'15W'")]
    [InlineData("0 0 32W * *", 5, "'15W'")]
    [InlineData("0 L * * *", 3, "'L' is not allowed")]
    [InlineData("@every 5m", 1, "[Every(\"00:05:00\")]")]
    [InlineData("@reboot", 1, "IWorkerLifecycle")]
    [InlineData("@dayly", 1, "Known: @yearly")]
    [InlineData("@daily 5", 1, "each alone")]
    public void Says_what_is_wrong(string text, int position, string part)
    {
        var error = Fires.Error(text);

        Assert.Equal(position, error.Position);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The mix-up of five and six fields: nobody wants a nightly job sixty times.</summary>
    [Theory]
    [InlineData("* 0 7 * * *")]
    [InlineData("* */5 * * * *")]
    [InlineData("* * 7 * * MON")]
    [Trait("Scenario", "50")]
    public void S50_a_star_for_the_second_of_certain_minutes_is_refused(string text) =>
        Assert.Contains("Write '0' to fire once in it, or '*/1' if every second is meant", Fires.Error(text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData("0 0 L-30 2 *")]
    [InlineData("0 0 L-29 2 *")]
    [InlineData("0 0 30W FEB ?")]
    [InlineData("0 0 */31 * MON#2")]
    [Trait("Scenario", "50")]
    public void S50_what_never_fires_is_refused(string text)
    {
        var error = Fires.Error(text);

        Assert.Contains("never fires", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, error.Position);
    }

    [Theory]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 L-28 2 *")]
    [InlineData("0 0 30 2 MON")]
    public void What_fires_seldom_is_not(string text) => Fires.Parse(text);

    [Fact]
    public void No_text_makes_it_throw()
    {
        const string letters = "0123456789*/,-?LW# @JANFRIx";
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var text = string.Create(random.Next(16), random, static (span, random) => random.GetItems(letters, span));

            _ = Jobs.Schedules.Cron.CronParser.TryParse(text, out _, out _);
        }
    }
}
