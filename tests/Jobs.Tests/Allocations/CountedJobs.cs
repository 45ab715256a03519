namespace Jobs.Tests.Allocations;

/// <summary>Jobs that cost nothing themselves.</summary>
public static class CountedJobs
{
    [Job("allocations.static")]
    public static ValueTask Count(int value) => Executed.Add(value);

    [Job("allocations.token", Timeout = "00:00:30")]
    public static ValueTask CountWithToken(int value, CancellationToken cancellationToken)
    {
        Assert.False(cancellationToken.IsCancellationRequested);
        return Executed.Add(value);
    }
}
