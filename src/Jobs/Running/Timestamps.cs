namespace Jobs.Running;

internal static class Timestamps
{
    /// <summary>A span in the unit of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public static long TimestampsOf(this TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
