using System.Runtime.CompilerServices;
using Jobs.Monitoring;

namespace Jobs.AspNetCore.Tests;

/// <summary>Counts who watches, and may have a store that is away.</summary>
internal sealed class CountingMonitor(IJobMonitor inner) : IJobMonitor
{
    private int _watches;

    /// <summary>Whether calls wait until their token ends them, as those of a store do whose server is away.</summary>
    public bool IsAway { get; set; }

    public int Watches => Volatile.Read(ref _watches);

    public async ValueTask<JobStatus?> GetAsync(JobId id, CancellationToken cancellationToken = default)
    {
        await WaitAsync(cancellationToken);
        return await inner.GetAsync(id, cancellationToken);
    }

    public ValueTask<JobStatusPage> ListAsync(string name, JobState state, string? cursor = null, int take = 100, CancellationToken cancellationToken = default) =>
        inner.ListAsync(name, state, cursor, take, cancellationToken);

    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(string name, CancellationToken cancellationToken = default) => inner.CountAsync(name, cancellationToken);

    public async IAsyncEnumerable<JobStatus?> WatchAsync(JobId id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _watches);
        try
        {
            await WaitAsync(cancellationToken);
            await foreach (var status in inner.WatchAsync(id, cancellationToken))
            {
                yield return status;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
    }

    private Task WaitAsync(CancellationToken cancellationToken) => IsAway ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
}
