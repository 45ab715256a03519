namespace Jobs.Schedules;

/// <summary>A schedule as it was when somebody asked. Immutable.</summary>
public sealed record JobSchedule
{
    /// <summary>Its identity.</summary>
    public required string Name { get; init; }

    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>When it fires.</summary>
    public required ScheduleTimes Times { get; init; }

    /// <summary>True if <see cref="Times"/> were set with <see cref="IJobSchedules.ChangeAsync"/>.</summary>
    public bool IsChanged { get; init; }

    /// <summary>False if attribute or configuration switched it off.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>True between <see cref="IJobSchedules.PauseAsync"/> and <see cref="IJobSchedules.ResumeAsync"/>.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The last tick whose job was enqueued, or null if there was none.</summary>
    public DateTimeOffset? LastTick { get; init; }

    /// <summary>A tick that waits for the run before it to end, or null.</summary>
    public DateTimeOffset? WaitingTick { get; init; }

    /// <summary>The next five ticks, UTC, without jitter; none while it is paused or disabled.</summary>
    public IReadOnlyList<DateTimeOffset> NextTicks { get; init; } = [];
}
