using System.Globalization;
using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Jobs.Schedules.Cron;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads <c>[Cron]</c> and <c>[Every]</c> of a job. A schedule that is wrong is reported and left out.</summary>
internal sealed class ScheduleParser(IMethodSymbol method, string jobName, IJobSink? sink)
{
    private const int MostMisfires = 10_000;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>The attributes of a method that schedule it.</summary>
    public static IEnumerable<AttributeData> FindAll(IMethodSymbol method) =>
        method.GetAttributes().Where(static a => a.AttributeClass is { } type && (type.IsOurs("CronAttribute") || type.IsOurs("EveryAttribute")));

    /// <summary>Parses them.</summary>
    /// <param name="payload">What the job takes.</param>
    /// <param name="isBatch">A batch has no defaults.</param>
    public EquatableArray<ScheduleModel> Parse(PayloadModel payload, bool isBatch)
    {
        var schedules = new List<ScheduleModel>();
        foreach (var attribute in FindAll(method))
        {
            if (ParseOne(attribute) is not { } schedule)
            {
                continue;
            }

            var missing = isBatch ? "the batch's item" : payload.Members.FirstOrDefault(static member => member.Default is null)?.Name;
            if (schedule.Args is null && missing is not null)
            {
                sink?.Report(JobDiagnostics.ScheduleWithoutArgs, method, method.Name, missing);
            }
            else if (schedules.Any(other => string.Equals(other.Name, schedule.Name, StringComparison.OrdinalIgnoreCase)))
            {
                sink?.Report(JobDiagnostics.DuplicateSchedule, method, schedule.Name, JobParser.Location(method.ContainingType, method));
            }
            else
            {
                schedules.Add(schedule);
            }
        }

        return schedules.ToEquatableArray();
    }

    private ScheduleModel? ParseOne(AttributeData attribute)
    {
        if (attribute.ConstructorArguments is not [{ Value: string text }])
        {
            return null;
        }

        var name = attribute.Named<string>("Name") ?? jobName;
        if (!JobNames.IsValid(name))
        {
            return Fail(name, "a schedule's name has 1 to 128 ASCII letters, digits, '.', '-' and '_'");
        }

        var schedule = new ScheduleModel(name)
        {
            Args = attribute.Named<string>("Args"),
            Misfire = Enum(attribute, "Misfire"),
            MaxMisfires = MaxMisfires(attribute),
            Overlap = Enum(attribute, "Overlap"),
            JitterTicks = Jitter(attribute),
            IsEnabled = !attribute.HasNamed("Enabled") || attribute.Named<bool>("Enabled"),
        };
        return attribute.AttributeClass!.IsOurs("CronAttribute") ? Cron(attribute, text, schedule) : Every(text, schedule);
    }

    private ScheduleModel? Cron(AttributeData attribute, string text, ScheduleModel schedule)
    {
        if (!CronParser.TryParse(text, out var expression, out var error))
        {
            return Fail(text, error.Message.TrimEnd('.'));
        }

        var zone = attribute.Named<string>("TimeZone");
        if (zone is not null && !TimeZoneNames.Contains(zone))
        {
            sink?.Report(JobDiagnostics.UnknownTimeZone, method, zone, TimeZoneNames.Closest(zone));
            return null;
        }

        sink?.Report(JobDiagnostics.NextFires, method, text, NextFireTimes.Describe(expression, zone ?? "UTC", DateTime.UtcNow));
        return schedule with { Cron = text, TimeZone = zone };
    }

    private ScheduleModel? Every(string text, ScheduleModel schedule) =>
        Duration(text) is { } interval && interval >= Shortest && interval <= Longest
            ? schedule with { EveryTicks = interval.Ticks }
            : Fail(text, "write an interval from 00:00:01 to 365.00:00:00, such as \"00:05:00\"");

    private int? MaxMisfires(AttributeData attribute)
    {
        if (!attribute.HasNamed("MaxMisfires"))
        {
            return null;
        }

        var value = attribute.Named<int>("MaxMisfires");
        if (value is >= 1 and <= MostMisfires)
        {
            return value;
        }

        sink?.Report(JobDiagnostics.InvalidSetting, method, "MaxMisfires", value.ToString(CultureInfo.InvariantCulture), "a number from 1 to 10,000");
        return null;
    }

    private long? Jitter(AttributeData attribute)
    {
        if (attribute.Named<string>("Jitter") is not { } text)
        {
            return null;
        }

        if (Duration(text) is { } jitter && jitter >= TimeSpan.Zero && jitter <= Day)
        {
            return jitter.Ticks;
        }

        sink?.Report(JobDiagnostics.InvalidSetting, method, "Jitter", text, "a duration from 00:00:00 to 1.00:00:00");
        return null;
    }

    private string? Enum(AttributeData attribute, string name)
    {
        if (attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is not { Kind: TypedConstantKind.Enum } value)
        {
            return null;
        }

        var levels = value.Type!.GetMembers().OfType<IFieldSymbol>().ToList();
        if (levels.Any(level => Equals(level.ConstantValue, value.Value)))
        {
            return ConstantSource.Of(value);
        }

        sink?.Report(JobDiagnostics.InvalidSetting, method, name, Convert.ToString(value.Value, CultureInfo.InvariantCulture), $"one of {string.Join(", ", levels.Select(static level => level.Name))}");
        return null;
    }

    // The format would take "30" for thirty days, which nobody means.
    private static TimeSpan? Duration(string text) =>
        text.IndexOf(':') >= 0 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) ? value : null;

    private ScheduleModel? Fail(string text, string reason)
    {
        sink?.Report(JobDiagnostics.InvalidSchedule, method, text, reason);
        return null;
    }
}
