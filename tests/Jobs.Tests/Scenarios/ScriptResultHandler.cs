using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>A handler with a result that does what a test says.</summary>
internal sealed class ScriptResultHandler(Func<ResultArgs, JobInvocation, ValueTask<string>> script)
    : JobHandler<ResultArgs, string>(JobDefinition.Of<ResultArgs, string>())
{
    protected override ValueTask<string> HandleAsync(ResultArgs args, in JobInvocation invocation) => script(args, invocation);
}
