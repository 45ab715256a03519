namespace Jobs.Testing;

/// <summary>A moment in real time.</summary>
internal readonly struct Deadline
{
    private readonly long _start;
    private readonly TimeSpan _span;

    private Deadline(long start, TimeSpan span) => (_start, _span) = (start, span);

    /// <summary>What is left; zero when it has passed.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = _span - TimeProvider.System.GetElapsedTime(_start);
            return left < TimeSpan.Zero ? TimeSpan.Zero : left;
        }
    }

    public static Deadline After(TimeSpan span) => new(TimeProvider.System.GetTimestamp(), span);
}
