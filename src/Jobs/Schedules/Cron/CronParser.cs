using System.Diagnostics.CodeAnalysis;

namespace Jobs.Schedules.Cron;

/// <summary>Reads cron expressions: five fields, six with seconds in front, or a macro.</summary>
/// <remarks>Used by the runtime and, linked, by the analyzer: what builds is what starts.</remarks>
internal static class CronParser
{
    private const string Shape = "Write 'minute hour day-of-month month day-of-week', with 'second' in front if needed";

    // From a leap year's start, so that 29 February is found at once.
    private static readonly DateTime SearchStart = new(2000, 1, 1);

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private static readonly CronField[] Fields =
        [CronField.Second, CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek];

    /// <summary>Reads an expression that fires at least once.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CronExpression? expression, [NotNullWhen(false)] out CronError? error)
    {
        expression = null;
        var fields = CronText.Split(text);
        if (fields.Count > 0 && fields[0].Value[0] == '@')
        {
            if (fields.Count > 1 || !Macros.TryGetValue(fields[0].Value, out var meaning))
            {
                error = MacroError(fields[0]);
                return false;
            }

            fields = CronText.Split(meaning);
        }

        error = CountError(fields) ?? SecondsError(fields);
        if (error is not null)
        {
            return false;
        }

        var parsed = new CronExpression(text);
        if (fields.Count == 5)
        {
            parsed.Seconds = 1;
        }

        for (var i = 0; i < fields.Count; i++)
        {
            error = CronFieldParser.Parse(fields[i], Fields[Fields.Length - fields.Count + i], parsed);
            if (error is not null)
            {
                return false;
            }
        }

        if (parsed.NextLocal(SearchStart) is null)
        {
            var (days, month) = (fields[fields.Count - 3], fields[fields.Count - 2]);
            error = new CronError(
                $"'{text}' never fires: no month '{month.Value}' has a day '{days.Value}' that also fits the day of week '{fields[fields.Count - 1].Value}'. "
                + "Choose a day that exists; 'L' is the last of any month.",
                days.Position);
            return false;
        }

        expression = parsed;
        return true;
    }

    private static CronError MacroError(CronText macro) => macro.Value.ToUpperInvariant() switch
    {
        "@EVERY" => new CronError("'@every' is not cron: it counts from the last run. Use [Every(\"00:05:00\")], or Every in configuration.", macro.Position),
        "@REBOOT" => new CronError("'@reboot' is not a time. Enqueue the job when the host starts, in an IWorkerLifecycle.", macro.Position),
        _ => new CronError($"The macro '{macro.Value}' is not known, or something follows it. Known: {string.Join(", ", Macros.Keys)}, each alone.", macro.Position),
    };

    private static CronError? CountError(List<CronText> fields) => fields.Count switch
    {
        5 or 6 => null,
        0 => new CronError($"The expression is empty. {Shape}.", 0),
        7 => new CronError($"There are 7 fields, and the last, '{fields[6].Value}' at character {fields[6].Position}, cannot be a year. {Shape}, and leave the year out.", fields[6].Position),
        var count => new CronError($"There {(count == 1 ? "is 1 field" : $"are {count} fields")}, not 5 or 6. {Shape}.", 0),
    };

    // Who writes a star there counts five fields from the wrong end, and gets a job every second.
    private static CronError? SecondsError(List<CronText> fields) =>
        fields.Count == 6 && fields[0].Value == "*" && fields.FindIndex(1, static field => field.Value is not ("*" or "?")) > 0
            ? new CronError(
                $"The second '*' at character {fields[0].Position} fires 60 times in every minute that the other fields name. Write '0' to fire once in it, or '*/1' if every second is meant.",
                fields[0].Position)
            : null;
}
