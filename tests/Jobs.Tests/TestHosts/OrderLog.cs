using System.Collections.Concurrent;

namespace Jobs.Tests.TestHosts;

/// <summary>Notes what was done and when, on the test's clock, and takes as long, or fails, as it is told.</summary>
public sealed class OrderLog
{
    private int _running;

    public ConcurrentQueue<(DateTimeOffset At, int Order)> Runs { get; } = new();

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public TimeSpan Duration { get; set; }

    public int Failures { get; set; }

    /// <summary>How many ran at once.</summary>
    public int Most { get; private set; }

    public async Task RunAsync(int order, CancellationToken cancellationToken)
    {
        if (Failures > 0)
        {
            Failures--;
            throw new DeadLetterJobException("no such order");
        }

        Runs.Enqueue((Time.GetUtcNow(), order));
        Most = Math.Max(Most, Interlocked.Increment(ref _running));
        try
        {
            if (Duration > TimeSpan.Zero)
            {
                await Task.Delay(Duration, Time, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
