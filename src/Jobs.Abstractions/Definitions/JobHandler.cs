using Jobs.Messages;

namespace Jobs.Definitions;

/// <summary>Runs a job: the generated bridge from a message to the user's method.</summary>
/// <remarks>One instance per job and process. Immutable and safe for concurrent use.</remarks>
public abstract class JobHandler
{
    private protected JobHandler(JobDefinition definition) => Definition = definition;

    /// <summary>The job.</summary>
    public JobDefinition Definition { get; }

    /// <summary>Where the method is, for error messages: <c>Shop.EmailJobs.SendWelcome</c>.</summary>
    public string Location { get; init; } = "";

    /// <summary>True for a method that returns no task: it runs on a worker thread of its own, so that it cannot starve the pool.</summary>
    public bool IsSynchronous { get; init; }

    /// <summary>True if the method needs an instance or services.</summary>
    public bool NeedsScope { get; init; }

    /// <summary>True if the method takes a token.</summary>
    public bool UsesCancellation { get; init; }

    /// <summary>True if the method takes the <see cref="JobContext"/>.</summary>
    public bool UsesContext { get; init; }

    /// <summary>True if the method takes a <see cref="JobCheckpoint{T}"/>: the job needs a store.</summary>
    public bool UsesCheckpoint { get; init; }

    /// <summary>The services that the method, or the constructor that the handler calls, asks for.</summary>
    public IReadOnlyList<ServiceRequirement> Services { get; init; } = [];

    /// <summary>Reads the args and runs the method once.</summary>
    /// <exception cref="JobPayloadException">The payload is not what the job takes; the method was not called.</exception>
    public abstract ValueTask InvokeAsync(JobMessage message, in JobInvocation invocation);
}
