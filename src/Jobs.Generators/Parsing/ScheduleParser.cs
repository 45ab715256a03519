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

    private readonly SettingReader _settings = new(method, sink);

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
            Misfire = _settings.Enum(attribute, "Misfire"),
            MaxMisfires = _settings.Number(attribute, "MaxMisfires", 1, MostMisfires),
            Overlap = _settings.Enum(attribute, "Overlap"),
            JitterTicks = _settings.Duration(attribute, "Jitter", TimeSpan.Zero, Day),
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
        SettingReader.Duration(text) is { } interval && interval >= Shortest && interval <= Longest
            ? schedule with { EveryTicks = interval.Ticks }
            : Fail(text, "write an interval from 00:00:01 to 365.00:00:00, such as \"00:05:00\"");

    private ScheduleModel? Fail(string text, string reason)
    {
        sink?.Report(JobDiagnostics.InvalidSchedule, method, text, reason);
        return null;
    }
}
