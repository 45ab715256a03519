using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jobs.Schedules.Cron;

namespace Jobs.Schedules;

/// <summary>When a schedule fires, ready to be asked. Immutable.</summary>
internal sealed class ScheduleTiming
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;
    private readonly long _interval;

    private ScheduleTiming(ScheduleTimes times, CronExpression? cron, TimeZoneInfo zone, string text)
    {
        Times = times;
        Text = text;
        _cron = cron;
        _zone = zone;
        _interval = times.Interval?.Ticks ?? 0;
    }

    public ScheduleTimes Times { get; }

    /// <summary>As the store keeps it: <c>cron Europe/Vienna 0 7 * * *</c> or <c>every 00:05:00</c>.</summary>
    public string Text { get; }

    public static bool TryCreate(ScheduleTimes times, [NotNullWhen(true)] out ScheduleTiming? timing, [NotNullWhen(false)] out string? problem)
    {
        (timing, problem) = (null, null);
        if (times.Interval is { } interval)
        {
            if (interval < Shortest || interval > Longest)
            {
                problem = $"The interval {interval} is not from {Shortest} to {Longest}.";
                return false;
            }

            timing = new ScheduleTiming(times, null, TimeZoneInfo.Utc, string.Create(CultureInfo.InvariantCulture, $"every {interval:c}"));
            return true;
        }

        if (!CronParser.TryParse(times.Expression!, out var cron, out var error))
        {
            problem = error.Message;
            return false;
        }

        if (!TryFindZone(times.TimeZone, out var zone))
        {
            problem = $"The time zone '{times.TimeZone}' is not known to this system. Write an IANA name such as 'Europe/Vienna', and see that the system has time zone data (package tzdata, no InvariantGlobalization on Windows).";
            return false;
        }

        timing = new ScheduleTiming(times, cron, zone, $"cron {times.TimeZone} {times.Expression}");
        return true;
    }

    /// <summary>Reads <see cref="Text"/>; false for what a later version may have written.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScheduleTiming? timing)
    {
        timing = null;
        return text.Split(' ', 3) switch
        {
            ["every", var interval] => TimeSpan.TryParseExact(interval, "c", CultureInfo.InvariantCulture, out var span) && TryCreate(ScheduleTimes.Every(span), out timing, out _),
            ["cron", { Length: > 0 } zone, { Length: > 0 } expression] => TryCreate(ScheduleTimes.Cron(expression, zone), out timing, out _),
            _ => false,
        };
    }

    /// <summary>The first tick after a time; <see cref="DateTimeOffset.MaxValue"/> if there is none.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        if (_cron is not null)
        {
            return CronClock.Next(_cron, _zone, after.UtcDateTime) is { } next ? new DateTimeOffset(next) : DateTimeOffset.MaxValue;
        }

        var since = after.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var ticks = (Math.DivRem(since, _interval, out var rest) + (rest < 0 ? 0 : 1)) * _interval;
        return ticks > DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks ? DateTimeOffset.MaxValue : DateTimeOffset.UnixEpoch.AddTicks(ticks);
    }

    private static bool TryFindZone(string id, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return id.Equals("UTC", StringComparison.OrdinalIgnoreCase)
            ? (zone = TimeZoneInfo.Utc) is not null
            : TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone);
    }
}
