using Jobs.Messages;

namespace Jobs.Definitions;

/// <summary>The items of one open batch, decoded. Not for concurrent use.</summary>
public abstract class BatchBuffer
{
    /// <summary>How many items it has.</summary>
    public abstract int Count { get; }

    /// <summary>Decodes a message and adds it.</summary>
    /// <exception cref="JobPayloadException">The payload is not what the job takes; nothing was added.</exception>
    public abstract void Add(JobMessage message);

    /// <summary>Runs the method once with all items.</summary>
    public abstract ValueTask InvokeAsync(in JobInvocation invocation);
}
