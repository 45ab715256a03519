using System.Collections.Concurrent;
using Jobs.Schedules.Cron;
using QuartzExpression = Quartz.CronExpression;

namespace Jobs.Tests.Schedules.Cron;

/// <summary>Quartz as the oracle: 500 schedules in 5 zones over 20 years.</summary>
/// <remarks>Schedules that fire often are looked at from two random moments of each month, with what follows, and through every night on which the clock is moved;
/// the others in full. <see cref="CronSample"/> lists what is not compared. In the hours around a moved clock only certain times of day are: there Quartz counts ranges and steps
/// as intervals and fires an hourly schedule at a gap's end too, while ours keeps to Vixie cron; <see cref="CronClockTests"/> has those by hand.</remarks>
public sealed class CronQuartzTests
{
    private const int Schedules = 500;

    private static readonly DateTime Start = new(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime End = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Around = TimeSpan.FromHours(3);

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Vienna")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Sydney")]
    [InlineData("Asia/Kolkata")]
    public void Fires_when_Quartz_does(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var problems = new ConcurrentQueue<string>();
        var compared = 0;
        Parallel.ForEach(CronSample.Draw(Schedules, seed: 20), new ParallelOptions { MaxDegreeOfParallelism = 2 }, sample =>
            Interlocked.Add(ref compared, Compare(sample, zone, problems)));

        Assert.True(problems.IsEmpty, $"{problems.Count} differ: {string.Join(Environment.NewLine, problems.Take(20))}");
        Assert.InRange(compared, 100 * Schedules, int.MaxValue);
    }

    private static int Compare(CronSample sample, TimeZoneInfo zone, ConcurrentQueue<string> problems)
    {
        var ours = Fires.Parse(sample.Ours);
        var quartz = new QuartzExpression(sample.Quartz, zone);
        var certain = IsCertain(sample.Ours);
        var compared = 0;
        foreach (var after in Moments(ours, zone, certain))
        {
            var found = CronClock.Next(ours, zone, after);
            if (IsSecondPass(zone, after) || found is not { } fire || (!certain && (IsMoved(zone, after) || IsMoved(zone, fire))))
            {
                continue;
            }

            compared++;
            var expected = quartz.GetNextValidTimeAfter(new DateTimeOffset(after));
            if (expected?.UtcDateTime != fire)
            {
                problems.Enqueue($"'{sample.Ours}' ('{sample.Quartz}') in {zone.Id} after {after:u}: {fire:u}, but Quartz says {expected:u}");
                break;
            }
        }

        return compared;
    }

    private static IEnumerable<DateTime> Moments(CronExpression expression, TimeZoneInfo zone, bool certain)
    {
        var all = new List<DateTime>();
        for (var time = Start; all.Count < 250 && CronClock.Next(expression, zone, time) is { } next && next < End; time = next)
        {
            all.Add(time);
        }

        if (all.Count < 250)
        {
            return all;
        }

        var random = new Random(7);
        return Enumerable.Range(0, 240)
            .SelectMany(month => (DateTime[])[At(month), At(month)])
            .Concat(certain ? Nights(zone) : [])
            .SelectMany(moment => CronClock.Next(expression, zone, moment) is { } next ? (DateTime[])[moment, next] : [moment]);

        DateTime At(int month) => Start.AddMonths(month).AddSeconds(random.Next(28 * 86_400));
    }

    // Asked from within the second pass of an hour, Quartz forgets that the first fired.
    private static bool IsSecondPass(TimeZoneInfo zone, DateTime utc)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        return zone.IsAmbiguousTime(local) && !zone.IsDaylightSavingTime(utc);
    }

    // Times of day that are numbers: a time, not an interval, to both.
    private static bool IsCertain(string text) => text.Split(' ')[..^3].All(field => field.All(c => char.IsAsciiDigit(c) || c == ','));

    private static IEnumerable<DateTime> Nights(TimeZoneInfo zone)
    {
        for (var time = Start; time < End; time = time.AddDays(1))
        {
            if (zone.GetUtcOffset(time) != zone.GetUtcOffset(time.AddDays(1)))
            {
                for (var minutes = 0; minutes < 1440; minutes += 30)
                {
                    yield return time.AddMinutes(minutes);
                }
            }
        }
    }

    private static bool IsMoved(TimeZoneInfo zone, DateTime utc) => zone.GetUtcOffset(utc - Around) != zone.GetUtcOffset(utc + Around);
}
