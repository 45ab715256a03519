using System.Collections.Concurrent;

namespace Jobs.Tests.Properties;

/// <summary>What all jobs of one run of the property test share: their plans, and who has started what.</summary>
public sealed class Chaos(int seed, int count) : IDisposable
{
    public const int MaxAttempts = 4;

    private static readonly ConcurrentDictionary<int, Chaos> All = new();
    private readonly int[] _starts = new int[count];
    private readonly int[] _running = new int[count];

    public int Seed => seed;

    public JobPlan[] Plans { get; } = new JobPlan[count];

    public static Chaos Of(int seed) => All[seed];

    public void Publish() => All[seed] = this;

    public void Dispose() => All.TryRemove(seed, out _);

    public int Starts(int number) => Volatile.Read(ref _starts[number]);

    public bool IsRunning(int number) => Volatile.Read(ref _running[number]) > 0;

    public JobPlan Begin(int number)
    {
        Interlocked.Increment(ref _starts[number]);
        Interlocked.Increment(ref _running[number]);
        return Plans[number];
    }

    public void End(int number) => Interlocked.Decrement(ref _running[number]);
}
