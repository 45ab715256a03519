using BenchmarkDotNet.Attributes;
using Jobs.Schedules.Cron;
using QuartzExpression = Quartz.CronExpression;

namespace Jobs.Benchmarks.Bdn;

/// <summary>The next fire time, walked through a year in a zone that moves its clock.</summary>
public class CronNext
{
    private const int Fires = 1000;

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private CronExpression _expression = null!;
    private QuartzExpression _quartz = null!;
    private TimeZoneInfo _zone = null!;

    [Params("*/5 * * * *", "0 7 * * *", "0 9 * * MON-FRI", "0 0 1 * *", "*/10 * * * * *")]
    public string Expression { get; set; } = "";

    [Params("UTC", "Europe/Vienna")]
    public string Zone { get; set; } = "";

    [GlobalSetup]
    public void Parse()
    {
        _zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        _expression = CronParser.TryParse(Expression, out var expression, out var error) ? expression : throw new InvalidOperationException(error.Message);
        var fields = Expression.Split(' ');
        var (time, days) = (fields.Length == 5 ? $"0 {fields[0]} {fields[1]}" : string.Join(' ', fields[..3]), fields[^1] == "*" ? $"{fields[^3]} {fields[^2]} ?" : $"? {fields[^2]} {fields[^1]}");
        _quartz = new QuartzExpression($"{time} {days}", _zone);
    }

    [Benchmark(OperationsPerInvoke = Fires)]
    public DateTime Next()
    {
        var time = Start;
        for (var i = 0; i < Fires; i++)
        {
            time = CronClock.Next(_expression, _zone, time)!.Value;
        }

        return time;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Fires)]
    public DateTimeOffset Quartz()
    {
        var time = new DateTimeOffset(Start);
        for (var i = 0; i < Fires; i++)
        {
            time = _quartz.GetNextValidTimeAfter(time)!.Value;
        }

        return time;
    }

    [Benchmark]
    public bool ParseIt() => CronParser.TryParse(Expression, out _, out _);
}
