namespace Jobs.Brokers.Tests.Sqs;

/// <summary>A job that cannot do without a store.</summary>
public static class CountedJobs
{
    [Job("sqs.count", RequireResult = true)]
    public static ValueTask<int> Count() => new(1);
}
