namespace Jobs.Aot.Running;

/// <summary>Jobs that run while their host stops.</summary>
internal static class DrainJobs
{
    [Job("drain.finish", Queue = "draining")]
    public static async Task Finish(ILedger ledger)
    {
        ledger.Note("finish.started", "");
        await ledger.ReadAsync("finish.go");
        ledger.Note("finish.done", "");
    }

    [Job("drain.endless", Queue = "draining")]
    public static async Task Endless(ILedger ledger, JobContext context, CancellationToken cancellationToken)
    {
        ledger.Note("endless.started", "");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            ledger.Note("endless.stopped", $"{context.Attempt} {cancellationToken.IsCancellationRequested}");
        }
    }
}
