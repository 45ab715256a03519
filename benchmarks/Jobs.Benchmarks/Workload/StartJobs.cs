namespace Jobs.Benchmarks.Workload;

/// <summary>Says when it started.</summary>
public static class StartJobs
{
    [Job("bench.start")]
    public static ValueTask Note(int value)
    {
        _ = value;
        Start.Note();
        return default;
    }
}
