namespace Jobs.Soak;

/// <summary>The work: 10 to 29 milliseconds each, one in fifty failing at its first attempt. Every start and end is written down.</summary>
public sealed class SoakJobs(RunLog log)
{
    [Job("soak.work", MaxAttempts = 20, MaxCrashes = 1_000, Backoff = "00:00:00.100", MaxBackoff = "00:00:01")]
    public async Task Work(int number, JobContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        log.Write('s', number);
        await Task.Delay(TimeSpan.FromMilliseconds(10 + (number % 20)), time, cancellationToken);
        if (number % 50 == 0 && context.Attempt == 1)
        {
            log.Write('f', number);
            throw new InvalidOperationException("One in fifty fails once.");
        }

        log.Write('e', number);
    }
}
