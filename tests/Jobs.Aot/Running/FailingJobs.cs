using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Running;

internal static class FailingJobs
{
    [Job("failing.third-time-lucky", Backoff = "00:00:00.001")]
    public static string ThirdTimeLucky(string text, JobContext context) =>
        context.Attempt < 3 ? throw new IOException($"attempt {context.Attempt}") : $"{text} {context.Attempt} {context.IsRedelivered}";

    [Job("failing.always", Backoff = "00:00:00.001", MaxAttempts = 2)]
    public static int Always(Node node) => throw new InvalidDataException($"never {node.Name}");

    [Job("failing.not-retried", NoRetryOn = [typeof(ArgumentException)])]
    public static int NotRetried() => throw new ArgumentNullException("text");

    [Job("failing.rejected")]
    public static Task<int> Rejected() => throw new DeadLetterJobException("no such customer");

    [Job("failing.ruled"), FailureRule(typeof(KeyNotFoundException), FailureStrategy.Invalid)]
    public static async Task<int> Ruled()
    {
        await Task.Yield();
        throw new KeyNotFoundException("gone");
    }

    [Job("failing.out-of-stock")]
    public static int OutOfStock(string item) => throw new OutOfStockException(item);

    [Job("failing.deferred")]
    public static async Task<int> Deferred(ILedger ledger, JobContext context)
    {
        if (!ledger.ReadAsync("deferred").IsCompleted)
        {
            ledger.Note("deferred", "once");
            throw new DeferJobException(TimeSpan.FromMilliseconds(1));
        }

        await Task.Yield();
        return context.Attempt;
    }

    [Job("failing.too-slow", Timeout = "00:00:00.050", MaxAttempts = 1)]
    public static async Task<int> TooSlow(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }

    [Job("failing.too-slow-once", Timeout = "00:00:00.050", Backoff = "00:00:00.001")]
    public static int TooSlowOnce(JobContext context, CancellationToken cancellationToken)
    {
        if (context.Attempt == 1)
        {
            cancellationToken.WaitHandle.WaitOne();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return context.Attempt;
    }
}
