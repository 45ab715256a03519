namespace Jobs.Tests.Allocations;

/// <summary>Two scoped services, the job's class among them.</summary>
public sealed class ScopedCountedJobs(ScopedCounter counter)
{
    [Job("allocations.instance")]
    public ValueTask Count(int value) => counter.Count(value);
}
