using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Testing;

/// <summary>A job that a broker has accepted, as it was enqueued. Immutable.</summary>
public class EnqueuedJob
{
    private readonly JobMessage _message;

    internal EnqueuedJob(JobMessage message) => _message = message;

    private protected EnqueuedJob(EnqueuedJob other) => _message = other._message;

    /// <summary>The job's id.</summary>
    public JobId Id => _message.Id;

    /// <summary>The job's name on the wire.</summary>
    public string Name => _message.Name;

    /// <summary>The version of the arguments.</summary>
    public int Version => _message.Version;

    /// <summary>The queue.</summary>
    public string Queue => _message.Queue;

    /// <summary>When it was enqueued.</summary>
    public DateTimeOffset EnqueuedAt => _message.EnqueuedAt;

    /// <summary>The time before which it does not run, or null.</summary>
    public DateTimeOffset? Due => _message.Due;

    /// <summary>How long it was put off when it was enqueued; zero if it was not.</summary>
    public TimeSpan Delay => Due is { } due ? due - EnqueuedAt : TimeSpan.Zero;

    /// <summary>The priority.</summary>
    public JobPriority Priority => _message.Attributes.Priority;

    /// <summary>The user's headers.</summary>
    public IReadOnlyDictionary<string, string> Headers => _message.Attributes.Headers;

    /// <summary>Everything else that was said: expiry, limits, tenant, correlation, parent.</summary>
    public MessageAttributes Attributes => _message.Attributes;

    /// <summary>Reads the args.</summary>
    /// <exception cref="JobPayloadException">The job has other ones.</exception>
    public TArgs ReadArgs<TArgs>()
        where TArgs : IJobArgs<TArgs> => _message.ReadArgs(TArgs.Definition);

    /// <summary>The job's name and id.</summary>
    public override string ToString() => $"{Name} {Id} in queue {Queue}{(Due is { } due ? $", due {due:O}" : "")}";

    internal bool Is(JobDefinition definition) => Name == definition.Name && Version == definition.Version;
}
