namespace Jobs.Tests.Properties;

/// <summary>Tiny jobs in four queues, each of which counts its own runs.</summary>
public static class StressJobs
{
    private static int[] _runs = [];
    private static int _left;
    private static TaskCompletionSource _all = new();

    /// <summary>How often each job ran.</summary>
    public static IReadOnlyList<int> Runs => _runs;

    /// <summary>Ends when as many have run as were expected.</summary>
    public static Task All => _all.Task;

    public static void Expect(int count)
    {
        _runs = new int[count];
        _left = count;
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Job("stress.a", Queue = "stress-a")]
    public static void A(int number) => Count(number);

    [Job("stress.b", Queue = "stress-b")]
    public static ValueTask B(int number)
    {
        Count(number);
        return default;
    }

    [Job("stress.c", Queue = "stress-c")]
    public static ValueTask C(int number)
    {
        Count(number);
        return default;
    }

    [Job("stress.d", Queue = "stress-d")]
    public static async ValueTask D(int number)
    {
        await Task.Yield();
        Count(number);
    }

    private static void Count(int number)
    {
        Interlocked.Increment(ref _runs[number]);
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _all.SetResult();
        }
    }
}
