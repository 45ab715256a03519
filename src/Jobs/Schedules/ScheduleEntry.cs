namespace Jobs.Schedules;

/// <summary>What this node remembers of one schedule. Touched by one pass at a time.</summary>
internal sealed class ScheduleEntry(ScheduleSettings settings)
{
    public ScheduleSettings Settings => settings;

    /// <summary>When to look at it again.</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>The record as last seen, or null if it must be read.</summary>
    public ScheduleRecord? Record { get; private set; }

    /// <summary>The version of <see cref="Record"/>.</summary>
    public long Version { get; private set; }

    /// <summary>The times that count: those of the record.</summary>
    public ScheduleTiming Timing { get; private set; } = settings.Timing;

    /// <summary>The version of a record with another node's claim, and since when this node has seen it.</summary>
    public (long Version, long Since) ForeignClaim { get; set; }

    /// <summary>True once this process has said which times it was built with.</summary>
    public bool IsDeclared { get; set; }

    /// <summary>How often in a row it could not be looked at.</summary>
    public int Failures { get; set; }

    public void Saw(ScheduleRecord record, long version)
    {
        (Record, Version) = (record, version);
        var text = record.Changed ?? record.Declared;
        if (text != Timing.Text)
        {
            // Times that this version cannot read are a later version's: what this one was built with is the best it knows.
            Timing = ScheduleTiming.TryParse(text, out var timing) ? timing : settings.Timing;
        }
    }

    public void Forget() => Record = null;
}
