namespace Jobs.Tests.Properties;

/// <summary>Tiny jobs in four queues, each of which counts its own runs.</summary>
public static class StressJobs
{
    public static int[] Runs { get; set; } = [];

    [Job("stress.a", Queue = "stress-a")]
    public static void A(int number) => Interlocked.Increment(ref Runs[number]);

    [Job("stress.b", Queue = "stress-b")]
    public static ValueTask B(int number) => Count(number);

    [Job("stress.c", Queue = "stress-c")]
    public static ValueTask C(int number) => Count(number);

    [Job("stress.d", Queue = "stress-d")]
    public static async ValueTask D(int number)
    {
        await Task.Yield();
        await Count(number);
    }

    private static ValueTask Count(int number)
    {
        Interlocked.Increment(ref Runs[number]);
        return default;
    }
}
