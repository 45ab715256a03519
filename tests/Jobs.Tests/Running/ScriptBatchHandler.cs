using Jobs.Definitions;

namespace Jobs.Tests.Running;

/// <summary>A batch handler that does what a test says.</summary>
internal sealed class ScriptBatchHandler<TArgs>(JobDefinition<TArgs> definition, Func<IReadOnlyList<TArgs>, JobInvocation, ValueTask> script) : BatchJobHandler<TArgs>(definition)
{
    protected override ValueTask HandleAsync(IReadOnlyList<TArgs> items, in JobInvocation invocation) => script(items, invocation);
}
