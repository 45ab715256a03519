namespace Jobs.Schedules.Cron;

/// <summary>A field of a cron expression: its name in messages and what it may hold.</summary>
internal sealed class CronField
{
    public static readonly CronField Second = new("second", 0, 59);
    public static readonly CronField Minute = new("minute", 0, 59);
    public static readonly CronField Hour = new("hour", 0, 23);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31);
    public static readonly CronField Month = new("month", 1, 12, "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    public static readonly CronField DayOfWeek = new("day of week", 0, 7, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private readonly string[] _names;

    private CronField(string name, int first, int last, params string[] names)
    {
        Name = name;
        First = first;
        Last = last;
        _names = names;
    }

    public string Name { get; }

    public int First { get; }

    /// <summary>The greatest number that may be written; 7 is Sunday, as 0 is.</summary>
    public int Last { get; }

    /// <summary>How many different values there are, after which a range starts over.</summary>
    public int Count => this == DayOfWeek ? 7 : Last - First + 1;

    /// <summary>All values.</summary>
    public ulong All => Bits.Range(First, First + Count - 1);

    /// <summary>What may stand in the field, for messages.</summary>
    public string Allowed => _names.Length == 0 ? $"{First} to {Last}" : $"{First} to {Last} or {_names[0]} to {_names[_names.Length - 1]}";

    /// <summary>The value that a name stands for.</summary>
    public bool TryGetNamed(string name, out int value)
    {
        value = Array.FindIndex(_names, candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase)) + First;
        return value >= First;
    }
}
