namespace Jobs.Benchmarks.Workload;

/// <summary>A job whose instance and whose one service come from a scope: two scoped services, one resolve.</summary>
public sealed class ScopedJobs(ScopedService service)
{
    [Job("bench.instance")]
    public ValueTask Count(int value) => service.Count(value);
}
