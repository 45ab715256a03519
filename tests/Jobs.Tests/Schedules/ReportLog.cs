namespace Jobs.Tests.Schedules;

/// <summary>Notes when a report was built, on the test's clock, and takes as long, or fails, as it is told.</summary>
public sealed class ReportLog
{
    public List<(DateTimeOffset At, int Days)> Runs { get; } = [];

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public TimeSpan Duration { get; set; }

    public int Failures { get; set; }

    public async Task RunAsync(int days, CancellationToken cancellationToken)
    {
        if (Failures > 0)
        {
            Failures--;
            throw new DeadLetterJobException("no paper");
        }

        Runs.Add((Time.GetUtcNow(), days));
        if (Duration > TimeSpan.Zero)
        {
            await Task.Delay(Duration, Time, cancellationToken);
        }
    }
}
