using Jobs.Messages;

namespace Jobs.Definitions;

/// <summary>Runs a job that accumulates.</summary>
public abstract class BatchJobHandler : JobHandler
{
    private protected BatchJobHandler(JobDefinition definition)
        : base(definition)
    {
    }

    /// <summary>Opens an empty batch.</summary>
    public abstract BatchBuffer CreateBuffer(int capacity);

    /// <summary>Not for batches: use <see cref="CreateBuffer"/>.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public sealed override ValueTask InvokeAsync(JobMessage message, in JobInvocation invocation) =>
        throw new InvalidOperationException($"Job '{Definition.Name}' runs in batches.");
}
