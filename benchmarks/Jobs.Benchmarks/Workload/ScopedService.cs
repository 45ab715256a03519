namespace Jobs.Benchmarks.Workload;

/// <summary>What a scoped job depends on.</summary>
public sealed class ScopedService
{
    public ValueTask Count(int value) => StaticJobs.Count(value);
}
