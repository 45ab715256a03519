namespace Jobs.Running;

/// <summary>How long the library waits for a store or broker on behalf of a job.</summary>
/// <remarks>Its timer is made outside the job's context: a test's clock takes a job that has set a timer for one that waits for the clock.</remarks>
internal static class OwnTimeout
{
    /// <summary>A source that is cancelled after a span.</summary>
    public static CancellationTokenSource After(TimeSpan span, TimeProvider time)
    {
        using var clean = CleanContext.Enter();
        return new CancellationTokenSource(span, time);
    }
}
