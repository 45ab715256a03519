namespace Jobs.Benchmarks.Workload;

/// <summary>The cheapest jobs there are, so that what is left is ours.</summary>
public static class StaticJobs
{
    [Job("bench.static")]
    public static ValueTask Count(int value)
    {
        _ = value;
        Executions.Shared.Add();
        return default;
    }

    [Job("bench.wait")]
    public static async Task Wait(int value)
    {
        await Task.Delay(5);
        await Count(value);
    }

    [Job("bench.token", Timeout = "00:00:30")]
    public static ValueTask CountWithToken(int value, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Count(value);
    }
}
