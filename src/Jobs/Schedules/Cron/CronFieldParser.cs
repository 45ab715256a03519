using System.Globalization;

namespace Jobs.Schedules.Cron;

/// <summary>Reads one field of an expression into its sets.</summary>
internal static class CronFieldParser
{
    /// <returns>What is wrong; null if nothing is.</returns>
    public static CronError? Parse(CronText text, CronField field, CronExpression into)
    {
        var isDay = field == CronField.DayOfMonth || field == CronField.DayOfWeek;
        if (text.Value == "?" && !isDay)
        {
            return Error(text, field, "'?' stands for any day only. Write '*'");
        }

        var isStar = text.Value[0] == '*' || text.Value == "?";
        if (isDay)
        {
            into.Days.MatchBoth |= isStar;
        }
        else if (field != CronField.Month)
        {
            into.IsInterval |= isStar;
        }

        foreach (var item in text.Items())
        {
            if (ParseItem(item, text, field, into) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static CronError? ParseItem(CronText item, CronText text, CronField field, CronExpression into)
    {
        if (item.Value.Length == 0)
        {
            return Error(item with { Value = text.Value }, field, "there is nothing before or after a comma. Take the comma out");
        }

        if (item.Value == "?")
        {
            if (text.Value != "?")
            {
                return Error(item, field, "'?' stands alone. Leave it out of the list");
            }

            Add(field, field.All, into);
            return null;
        }

        return field == CronField.DayOfMonth && item.Value.IndexOfAny(['L', 'l', 'W', 'w']) >= 0 ? ParseSpecialDayOfMonth(item, into.Days)
            : field == CronField.DayOfWeek && item.Value.IndexOfAny(['#', 'L', 'l']) >= 0 ? ParseSpecialDayOfWeek(item, into.Days)
            : ParseRange(item, field, into);
    }

    // a  a-b  *  and each with /step; a/step runs to the end of the field.
    private static CronError? ParseRange(CronText item, CronField field, CronExpression into)
    {
        var slash = item.Value.IndexOf('/');
        var range = slash < 0 ? item.Value : item.Value.Substring(0, slash);
        var step = 1;
        if (slash >= 0 && (!TryNumber(item.Value.Substring(slash + 1), out step) || step < 1 || step > field.Count))
        {
            return Error(item, field, $"a step is 1 to {field.Count}. Correct what follows '/'");
        }

        var dash = range.IndexOf('-');
        int first;
        int last;
        if (range == "*")
        {
            (first, last) = (field.First, field.First + field.Count - 1);
        }
        else if (TryValue(dash < 0 ? range : range.Substring(0, dash), field, out first))
        {
            last = slash < 0 ? first : Math.Max(first, field.First + field.Count - 1);
            if (dash >= 0 && !TryValue(range.Substring(dash + 1), field, out last))
            {
                return OutOfRange(item, field, range.Substring(dash + 1));
            }
        }
        else
        {
            return OutOfRange(item, field, dash < 0 ? range : range.Substring(0, dash));
        }

        // A range may run over the end: 22-2 is 22, 23, 0, 1, 2. Sunday is both ends of a week.
        last += last < first ? field.Count : 0;
        ulong values = 0;
        for (var value = first; value <= last; value += step)
        {
            values |= 1UL << (((value - field.First) % field.Count) + field.First);
        }

        Add(field, values, into);
        return null;
    }

    // L  L-3  LW  L-3W  15W
    private static CronError? ParseSpecialDayOfMonth(CronText item, CronDays days)
    {
        var value = item.Value.ToUpperInvariant();
        var nearest = value[value.Length - 1] == 'W';
        var day = nearest ? value.Substring(0, value.Length - 1) : value;
        if (day == "L")
        {
            day = "L-0";
        }

        if (day.StartsWith("L-", StringComparison.Ordinal))
        {
            if (!TryNumber(day.Substring(2), out var before) || before > 30)
            {
                return Error(item, CronField.DayOfMonth, "'L-3' is the third day before the last, and the number is at most 30");
            }

            (days.WeekdaysNearLast, days.BeforeLast) = nearest
                ? (days.WeekdaysNearLast | (1UL << before), days.BeforeLast)
                : (days.WeekdaysNearLast, days.BeforeLast | (1UL << before));
            return null;
        }

        if (!nearest || !TryNumber(day, out var number) || number is < 1 or > 31)
        {
            return Error(item, CronField.DayOfMonth, "write 'L' for the last day, 'L-3', '15W' for the weekday nearest to the 15th, or 'LW' for the last weekday");
        }

        days.NearestWeekdays |= 1UL << number;
        return null;
    }

        // FRI#2  5L; no day's name has an L.
    private static CronError? ParseSpecialDayOfWeek(CronText item, CronDays days)
    {
        var field = CronField.DayOfWeek;
        var value = item.Value;
        var hash = value.IndexOf('#');
        if (hash < 0 && value[value.Length - 1] is not ('L' or 'l'))
        {
            return OutOfRange(item, field, value);
        }

        var day = value.Substring(0, hash < 0 ? value.Length - 1 : hash);
        if (day.Length == 0)
        {
            return Error(item, field, hash < 0
                ? "'L' needs a day in front, as in '5L' for the last Friday of a month. Write '6' if Saturday is meant"
                : "'#' needs a day in front, as in 'FRI#2' for the second Friday of a month");
        }

        if (!TryValue(day, field, out var dayOfWeek))
        {
            return OutOfRange(item, field, day);
        }

        dayOfWeek %= field.Count;
        if (hash < 0)
        {
            days.LastDaysOfWeek |= 1UL << dayOfWeek;
            return null;
        }

        if (!TryNumber(value.Substring(hash + 1), out var nth) || nth is < 1 or > 5)
        {
            return Error(item, field, $"after '#' comes 1 to 5, which week of the month. The last is '{day}L'");
        }

        days.NthDaysOfWeek |= 1UL << (((nth - 1) * 7) + dayOfWeek);
        return null;
    }

    private static void Add(CronField field, ulong values, CronExpression into)
    {
        if (field == CronField.Second)
        {
            into.Seconds |= values;
        }
        else if (field == CronField.Minute)
        {
            into.Minutes |= values;
        }
        else if (field == CronField.Hour)
        {
            into.Hours |= values;
        }
        else if (field == CronField.DayOfMonth)
        {
            into.Days.DaysOfMonth |= values;
        }
        else if (field == CronField.Month)
        {
            into.Months |= values;
        }
        else
        {
            into.Days.DaysOfWeek |= values;
        }
    }

    private static bool TryValue(string text, CronField field, out int value) =>
        (TryNumber(text, out value) && value >= field.First && value <= field.Last) || field.TryGetNamed(text, out value);

    private static bool TryNumber(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static CronError OutOfRange(CronText item, CronField field, string value)
    {
        var hint = field == CronField.DayOfWeek && TryNumber(value, out var number) && number >= 1970 ? ". A year cannot be given" : "";
        return Error(item, field, $"{(value.Length == 0 ? "a value is missing" : $"'{value}' is not allowed")}. Write {field.Allowed}{hint}");
    }

    private static CronError Error(CronText item, CronField field, string problem) =>
        new($"The {field.Name} '{item.Value}' at character {item.Position} is wrong: {problem}.", item.Position);
}
