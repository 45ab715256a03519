namespace Shop;

[FailureRule(typeof(System.IO.IOException), FailureStrategy.PoolExhausted)]
public static class ReportJobs
{
    [Job(
        Queue = "low", MaxAttempts = 7, MaxCrashes = 0, Backoff = "00:00:02", MaxBackoff = "1.00:00:00", Timeout = "00:05:00.5",
        HardTimeoutGrace = "00:00:10", Priority = JobPriority.High, RequireResult = true,
        RetryOn = new[] { typeof(TimeoutException) }, NoRetryOn = new[] { typeof(ArgumentException), typeof(FormatException) })]
    [FailureRule(typeof(KeyNotFoundException), FailureStrategy.NotFound)]
    public static Task<string> Build(DateOnly day) => Task.FromResult("");

    [Job, Concurrency(2, Key = "tenant:{tenantId}"), Idempotent(Key = "report:{tenantId}:{day:yyyy-MM}", Retention = "7.00:00:00")]
    public static void Send(Guid tenantId, DateOnly day)
    {
    }
}
