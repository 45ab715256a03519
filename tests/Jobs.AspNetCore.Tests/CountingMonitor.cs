using System.Runtime.CompilerServices;
using Jobs.Monitoring;

namespace Jobs.AspNetCore.Tests;

/// <summary>Counts who watches.</summary>
internal sealed class CountingMonitor(IJobMonitor inner) : IJobMonitor
{
    private int _watches;

    public int Watches => Volatile.Read(ref _watches);

    public ValueTask<JobStatus?> GetAsync(JobId id, CancellationToken cancellationToken = default) => inner.GetAsync(id, cancellationToken);

    public ValueTask<JobStatusPage> ListAsync(string name, JobState state, string? cursor = null, int take = 100, CancellationToken cancellationToken = default) =>
        inner.ListAsync(name, state, cursor, take, cancellationToken);

    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(string name, CancellationToken cancellationToken = default) => inner.CountAsync(name, cancellationToken);

    public async IAsyncEnumerable<JobStatus?> WatchAsync(JobId id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _watches);
        try
        {
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
}
