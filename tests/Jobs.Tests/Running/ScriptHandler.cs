using Jobs.Definitions;

namespace Jobs.Tests.Running;

/// <summary>A handler that does what a test says.</summary>
internal sealed class ScriptHandler<TArgs>(JobDefinition<TArgs> definition, Func<TArgs, JobInvocation, ValueTask> script) : JobHandler<TArgs>(definition)
{
    protected override ValueTask HandleAsync(TArgs args, in JobInvocation invocation) => script(args, invocation);
}
