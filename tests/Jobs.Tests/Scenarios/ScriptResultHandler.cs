using Jobs.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>A handler with a result that does what a test says.</summary>
internal sealed class ScriptResultHandler<TArgs>(Func<TArgs, JobInvocation, ValueTask<string>> script)
    : JobHandler<TArgs, string>(JobDefinition.Of<TArgs, string>())
    where TArgs : IJobArgs<TArgs, string>
{
    protected override ValueTask<string> HandleAsync(TArgs args, in JobInvocation invocation) => script(args, invocation);
}
