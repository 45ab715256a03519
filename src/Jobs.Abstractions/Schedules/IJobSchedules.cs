namespace Jobs.Schedules;

/// <summary>The schedules of this host: see them, change them, run them now. A service of every host with a store.</summary>
/// <remarks>Safe for concurrent use. Names compare without case. What is changed is kept in the store and holds on every node, at latest when the
/// next tick is due. Cancellation ends the wait; the change may or may not have been made.</remarks>
public interface IJobSchedules
{
    /// <summary>All schedules, as they are now, by name.</summary>
    /// <exception cref="JobStoreMissingException">No store is configured.</exception>
    ValueTask<IReadOnlyList<JobSchedule>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops ticks until <see cref="ResumeAsync"/>. A tick that a node is sending is still sent.</summary>
    /// <exception cref="ArgumentException">No schedule has this name.</exception>
    /// <exception cref="JobStoreMissingException">No store is configured.</exception>
    ValueTask PauseAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Lets ticks go on from now. Those of the pause are no missed ticks.</summary>
    /// <inheritdoc cref="PauseAsync"/>
    ValueTask ResumeAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Gives a schedule other times, from now on, until <see cref="ResetAsync"/> or until a deploy declares other times than before.</summary>
    /// <param name="name">The schedule.</param>
    /// <param name="times">Its new times.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">No schedule has this name, or the times cannot be read; the message says why.</exception>
    /// <exception cref="JobStoreMissingException">No store is configured.</exception>
    ValueTask ChangeAsync(string name, ScheduleTimes times, CancellationToken cancellationToken = default);

    /// <summary>Gives a schedule its declared times back, from now on.</summary>
    /// <inheritdoc cref="PauseAsync"/>
    ValueTask ResetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Enqueues the job of a schedule once, now, with the schedule's arguments; paused, disabled or not. Ticks and overlap policy take no notice.</summary>
    /// <exception cref="ArgumentException">No schedule has this name.</exception>
    /// <exception cref="JobEnqueueException">The broker did not take it.</exception>
    ValueTask<JobHandle> RunNowAsync(string name, CancellationToken cancellationToken = default);
}
