namespace Jobs.Tests.Allocations;

/// <summary>Counts what ran, and tells the one test that waits. Allocates nothing.</summary>
internal static class Executed
{
    private static readonly ManualResetEventSlim Done = new();
    private static int _left;

    public static void Expect(int jobs)
    {
        Done.Reset();
        Volatile.Write(ref _left, jobs);
    }

    public static ValueTask Add(int value)
    {
        _ = value;
        if (Interlocked.Decrement(ref _left) == 0)
        {
            Done.Set();
        }

        return default;
    }

    public static void Wait() => Assert.True(Done.Wait(TimeSpan.FromSeconds(60)), $"{Volatile.Read(ref _left)} jobs were not executed.");
}
