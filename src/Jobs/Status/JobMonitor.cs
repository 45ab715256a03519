using System.Runtime.CompilerServices;
using Jobs.Hosting;
using Jobs.Monitoring;
using Jobs.Results;
using Jobs.Stores;
using Microsoft.Extensions.Options;

namespace Jobs.Status;

/// <summary>Reads the records of jobs.</summary>
internal sealed class JobMonitor(OptionalStore store, IOptions<JobsOptions> options) : IJobMonitor
{
    private static readonly JobState[] States = Enum.GetValues<JobState>();

    private IIndexedStore Store => store.Store switch
    {
        null => throw new JobStoreMissingException("The status of jobs"),
        _ when !options.Value.Status.Enabled => throw new JobConfigurationException("The status of jobs is not kept. Set 'Jobs:Status:Enabled' to true, for producers and workers."),
        IIndexedStore indexed => indexed,
        var other => throw new JobConfigurationException($"The status of jobs needs a store with indexes ({nameof(IIndexedStore)}), which '{other.Name}' is not. Choose another one by 'Jobs:Store'."),
    };

    public async ValueTask<JobStatus?> GetAsync(JobId id, CancellationToken cancellationToken = default)
    {
        var found = new StoreEntry?[2];
        await Store.GetManyAsync((string[])[StatusRecord.KeyOf(id), ResultRecord.KeyOf(id)], found, cancellationToken).ConfigureAwait(false);
        if (Read(found[0]) is not { } status)
        {
            return null;
        }

        return status.State == JobState.Succeeded && found[1] is { } entry && ResultRecord.TryDecode(entry.Value, out var result)
            ? status with { Result = result.Value.Result }
            : status;
    }

    public async ValueTask<JobStatusPage> ListAsync(string name, JobState state, string? cursor = null, int take = 100, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var page = await Store.PageAsync(StatusRecorder.IndexOf(name, state), cursor, take, cancellationToken).ConfigureAwait(false);
        return new JobStatusPage([.. page.Entries.Select(Read).OfType<JobStatus>()], page.Next);
    }

    public async ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var counts = new long[States.Length];
        await Store.CountAsync(Array.ConvertAll(States, state => StatusRecorder.IndexOf(name, state)), counts, cancellationToken).ConfigureAwait(false);
        return States.ToDictionary(static state => state, state => counts[(int)state]);
    }

    public async IAsyncEnumerable<JobStatus?> WatchAsync(JobId id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in Store.WatchAsync(StatusRecord.KeyOf(id), cancellationToken).ConfigureAwait(false))
        {
            yield return Read(entry);
        }
    }

    private static JobStatus? Read(StoreEntry? entry) => entry is not null && StatusRecord.TryDecode(entry, out var status) ? status : null;
}
