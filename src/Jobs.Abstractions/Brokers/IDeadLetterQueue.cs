namespace Jobs.Brokers;

/// <summary>A broker's dead letters: look, replay, purge.</summary>
/// <remarks>Safe for concurrent use. Entries are addressed by <see cref="DeadLetter.Key"/>: the job's id, or the broker's message id where the bytes cannot be decoded.</remarks>
public interface IDeadLetterQueue : IJobBroker
{
    /// <summary>How many there are.</summary>
    ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>One page, oldest first.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cursor">Null for the first page, else <see cref="DeadLetterPage.Next"/> of the last one.</param>
    /// <param name="take">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default);

    /// <summary>One entry, or null.</summary>
    ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default);

    /// <summary>Sends one entry back to its queue: attempts and crashes start anew, id, trace and history stay.</summary>
    /// <returns>Two replays at once make one job: the second is told <see cref="ReplayStatus.NotFound"/>.</returns>
    /// <remarks>A crash half-way leaves the entry; replaying again makes no second job.</remarks>
    ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default);

    /// <summary>Replays what a filter names.</summary>
    ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Removes one entry for good.</summary>
    ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default);

    /// <summary>Removes the entries that died before a time, for good.</summary>
    /// <returns>How many.</returns>
    ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default);
}
