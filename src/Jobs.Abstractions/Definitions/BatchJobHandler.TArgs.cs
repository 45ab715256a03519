using Jobs.Messages;

namespace Jobs.Definitions;

/// <summary>Runs a job that accumulates items of one type.</summary>
public abstract class BatchJobHandler<TArgs> : BatchJobHandler
{
    private readonly JobDefinition<TArgs> _definition;

    /// <summary>Makes a handler.</summary>
    protected BatchJobHandler(JobDefinition<TArgs> definition)
        : base(definition) => _definition = definition;

    /// <summary>Calls the user's method with all items.</summary>
    protected abstract ValueTask HandleAsync(IReadOnlyList<TArgs> items, in JobInvocation invocation);

    /// <inheritdoc/>
    public sealed override BatchBuffer CreateBuffer(int capacity) => new Buffer(this, capacity);

    private sealed class Buffer(BatchJobHandler<TArgs> handler, int capacity) : BatchBuffer
    {
        private readonly List<TArgs> _items = new(capacity);

        public override int Count => _items.Count;

        public override void Add(JobMessage message) => _items.Add(message.ReadArgs(handler._definition));

        public override ValueTask InvokeAsync(in JobInvocation invocation) => handler.HandleAsync(_items, in invocation);
    }
}
