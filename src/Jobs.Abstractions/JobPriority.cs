namespace Jobs;

/// <summary>The order of jobs within one queue. A broker offers the levels that are configured.</summary>
public enum JobPriority : byte
{
    /// <summary>After all others.</summary>
    Low = 0,

    /// <summary>The default.</summary>
    Normal = 1,

    /// <summary>Before all others.</summary>
    High = 2,
}
