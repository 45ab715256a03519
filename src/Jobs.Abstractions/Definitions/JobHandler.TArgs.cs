using Jobs.Messages;

namespace Jobs.Definitions;

/// <summary>Runs a job without a result.</summary>
public abstract class JobHandler<TArgs> : JobHandler
{
    private readonly JobDefinition<TArgs> _definition;

    /// <summary>Makes a handler.</summary>
    protected JobHandler(JobDefinition<TArgs> definition)
        : base(definition) => _definition = definition;

    /// <summary>Calls the user's method.</summary>
    protected abstract ValueTask HandleAsync(TArgs args, in JobInvocation invocation);

    /// <inheritdoc/>
    public sealed override ValueTask InvokeAsync(JobMessage message, in JobInvocation invocation) =>
        HandleAsync(message.ReadArgs(_definition), in invocation);
}
