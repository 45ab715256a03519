namespace Jobs;

/// <summary>Declares a method as a background job. The generator turns it into a typed client, args and a serializer.</summary>
/// <remarks>Durations are <see cref="TimeSpan"/> texts in the constant format, such as <c>"00:00:30"</c>. Configuration
/// (<c>Jobs:Overrides:{name}</c>) wins over the attribute, and a call's <see cref="EnqueueOptions"/> win over both.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JobAttribute : Attribute
{
    /// <summary>Declares a job whose name is derived from class and method: <c>EmailJobs.SendWelcome</c> is <c>email.send-welcome</c>.</summary>
    public JobAttribute()
    {
    }

    /// <summary>Declares a job with a name of its own, which a rename of the method does not change.</summary>
    /// <param name="name">The identity on the wire: letters, digits, <c>.</c>, <c>-</c>, <c>_</c>; at most 128 characters.</param>
    public JobAttribute(string name) => Name = name;

    /// <summary>The identity on the wire, or null for the derived one.</summary>
    public string? Name { get; }

    /// <summary>The version of the arguments. Raise it when they change so that older messages, or older workers, could not be understood;
    /// <see cref="JobUpcastAttribute">[JobUpcast]</see> reads the older versions.</summary>
    /// <value>Default 1.</value>
    public int Version { get; set; } = 1;

    /// <summary>The names that the job had before: messages that carry one of them run as this job.</summary>
    public string[]? Aliases { get; set; }

    /// <summary>The queue that the job goes to.</summary>
    /// <value>Default <c>default</c>.</value>
    public string? Queue { get; set; }

    /// <summary>How often the job may run before it is dead-lettered, the first attempt included.</summary>
    /// <value>1 to 1,000. Default 5.</value>
    public int MaxAttempts { get; set; }

    /// <summary>The first retry delay; each further one doubles it, up to <see cref="MaxBackoff"/>, with full jitter.</summary>
    /// <value>Default <c>"00:00:01"</c>.</value>
    public string? Backoff { get; set; }

    /// <summary>The longest retry delay.</summary>
    /// <value>Default <c>"01:00:00"</c>.</value>
    public string? MaxBackoff { get; set; }

    /// <summary>The soft limit: after it the job's token is cancelled.</summary>
    /// <value>Default <c>"00:30:00"</c>.</value>
    public string? Timeout { get; set; }

    /// <summary>How long after the soft limit a run that ignores its token is abandoned.</summary>
    /// <value>Default <c>"00:01:00"</c>.</value>
    public string? HardTimeoutGrace { get; set; }

    /// <summary>How many crashes (worker died, lease lost) the job may survive before it is dead-lettered as poison, unrun.</summary>
    /// <value>0 (never start twice) to 1,000. Default 3.</value>
    public int MaxCrashes { get; set; } = -1;

    /// <summary>The priority within the queue.</summary>
    /// <value>Default <see cref="JobPriority.Normal"/>.</value>
    public JobPriority Priority { get; set; } = JobPriority.Normal;

    /// <summary>A key that at most one job with this name has at a time, from its enqueueing to its end: <c>"welcome:{userId}"</c>. What stands in braces is a
    /// payload parameter or a property of one (<c>{order.Id}</c>; of a batch <c>{item.Id}</c>), with a format where it has one (<c>{day:yyyy-MM}</c>);
    /// a brace itself is written twice. Written the same in every culture; checked when the project is built.</summary>
    /// <remarks>Needs a store. <see cref="EnqueueOptions.Key"/> wins over it.</remarks>
    public string? Key { get; set; }

    /// <summary>What becomes of a call whose key another job has.</summary>
    /// <value>Default <see cref="KeyConflict.Reject"/>.</value>
    public KeyConflict OnConflict { get; set; }

    /// <summary>If not empty, only these exception types (and derived ones) are retried.</summary>
    public Type[]? RetryOn { get; set; }

    /// <summary>Exception types (and derived ones) that are dead-lettered at once.</summary>
    public Type[]? NoRetryOn { get; set; }

    /// <summary>For a job with a result: true fails the start when no store is configured, instead of dropping the result.</summary>
    public bool RequireResult { get; set; }

    /// <summary>The name of the generated args type, where the derived one (<c>{Method}Args</c>) collides.</summary>
    public string? ArgsName { get; set; }
}
