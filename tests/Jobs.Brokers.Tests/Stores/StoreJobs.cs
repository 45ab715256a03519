namespace Jobs.Brokers.Tests.Stores;

/// <summary>Jobs with a result, and without an end.</summary>
public static class StoreJobs
{
    [Job("store.add")]
    public static int Add(int left, int right) => left + right;

    [Job("store.endless")]
    public static async Task Endless(JobContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(1, 3);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    [Job("store.nothing")]
    public static void Nothing(int value) => _ = value;
}
