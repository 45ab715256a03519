namespace Jobs.Monitoring;

/// <summary>Tells where jobs stand: by id, listed by job and state, and counted.</summary>
/// <remarks>
/// <para>Needs a store, and <c>Jobs:Status:Enabled</c>. Safe for concurrent use; any host on the same store and namespace sees all jobs.</para>
/// <para>Records say what has happened, a moment late; they decide nothing. One of a job that has ended is kept for
/// <c>Jobs:Status:Retention</c>, and of each job as many as <c>KeepSucceeded</c> and <c>KeepFailed</c> say.</para>
/// </remarks>
/// <exception cref="JobStoreMissingException">No store is configured.</exception>
/// <exception cref="JobConfigurationException">Status is not enabled.</exception>
public interface IJobMonitor
{
    /// <summary>One job with its result; null if it is not known (any more).</summary>
    ValueTask<JobStatus?> GetAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>Jobs of one name in one state, about the latest first.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="state">The state.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="take">At most how many, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<JobStatusPage> ListAsync(string name, JobState state, string? cursor = null, int take = 100, CancellationToken cancellationToken = default);

    /// <summary>How many records of one job there are in each state; every state is there.</summary>
    ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The job as it is, and then each time its record changes (null: not known). Changes in quick succession may be merged; the last is
    /// always seen. Without its result.</summary>
    IAsyncEnumerable<JobStatus?> WatchAsync(JobId id, CancellationToken cancellationToken = default);
}
