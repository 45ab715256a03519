namespace Jobs;

/// <summary>What becomes of missed ticks: those found more than a minute late, because no node ran or the clock jumped.</summary>
public enum MisfirePolicy
{
    /// <summary>One run makes up for all of them.</summary>
    Once,

    /// <summary>They are dropped, and counted.</summary>
    Skip,

    /// <summary>Each of them runs, the latest <see cref="ScheduleAttribute.MaxMisfires"/>; older ones are dropped, and counted.</summary>
    All,
}
