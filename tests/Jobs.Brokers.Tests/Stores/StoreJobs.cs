using System.Collections.Concurrent;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Jobs with a result, without an end, and on a schedule.</summary>
public static class StoreJobs
{
    private static readonly ConcurrentDictionary<string, int> Ticks = new();

    /// <summary>Released with each run of a tick.</summary>
    public static SemaphoreSlim Ticked { get; } = new(0);

    /// <summary>The ticks of a schedule, by the ids of their jobs, and how often each has run.</summary>
    public static IEnumerable<KeyValuePair<string, int>> TicksOf(string schedule) => Ticks.Where(tick => tick.Key.StartsWith($"{schedule}@", StringComparison.Ordinal));

    [Job("store.tick")]
    public static void Tick(JobContext context)
    {
        Ticks.AddOrUpdate(context.Id.ToString(), 1, static (_, runs) => runs + 1);
        Ticked.Release();
    }

    [Job("store.add")]
    public static int Add(int left, int right) => left + right;

    [Job("store.endless")]
    public static async Task Endless(JobContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(1, 3);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    [Job("store.nothing")]
    public static void Nothing(int value) => _ = value;

    [Job("store.resume")]
    public static async Task Resume(int steps, JobCheckpoint<int> checkpoint, [Service] StepLog log, CancellationToken cancellationToken)
    {
        for (var step = checkpoint.TryGet(out var done) ? done : 0; step < steps; step++)
        {
            await log.TakeAsync(step);
            await checkpoint.SaveAsync(step + 1, cancellationToken);
        }
    }
}
