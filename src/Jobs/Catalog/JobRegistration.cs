using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Catalog;

/// <summary>One job as this host knows it. Immutable.</summary>
public sealed class JobRegistration
{
    internal JobRegistration(JobDefinition definition, JobHandler? handler, string queue, JobSettings settings)
    {
        Definition = definition;
        Handler = handler;
        Queue = queue;
        Settings = settings;
        Attributes = settings.Priority == JobPriority.Normal ? MessageAttributes.None : new() { Priority = settings.Priority };
    }

    /// <summary>What the generator knows of the job.</summary>
    public JobDefinition Definition { get; }

    /// <summary>What runs it; null in a host that only enqueues it.</summary>
    public JobHandler? Handler { get; }

    /// <summary>The queue that it is enqueued to unless a call says otherwise.</summary>
    public string Queue { get; }

    /// <summary>Its settings.</summary>
    public JobSettings Settings { get; }

    /// <summary>True if a run takes something in the store before it starts, whatever its message says.</summary>
    internal bool NeedsClaims => Settings.ConcurrencyLimit is not null || Settings.IdempotencyRetention is not null;

    /// <summary>The attributes of a message that asks for nothing special.</summary>
    internal MessageAttributes Attributes { get; }
}
