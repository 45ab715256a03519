using System.Diagnostics;

namespace Jobs.Benchmarks.Workload;

/// <summary>When the job started. The job only notes it; the prober waits for that on a thread of its own.</summary>
internal static class Start
{
    private static readonly ManualResetEventSlim Noted = new(false, spinCount: 0);
    private static long _at;

    public static void Note()
    {
        Volatile.Write(ref _at, Stopwatch.GetTimestamp());
        Noted.Set();
    }

    /// <summary>Calls something that leads to <see cref="Note"/>; returns how long that took.</summary>
    public static TimeSpan After(Action send)
    {
        Noted.Reset();
        var sent = Stopwatch.GetTimestamp();
        send();
        if (!Noted.Wait(TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException("The job did not start within 30 s.");
        }

        return Stopwatch.GetElapsedTime(sent, Volatile.Read(ref _at));
    }
}
