using Jobs.Definitions;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>A handler that does what a check says.</summary>
internal sealed class ProbeHandler : JobHandler<ProbeDefinition.None>
{
    private readonly Func<JobContext, CancellationToken, Task> _script;

    public ProbeHandler(ProbeDefinition definition, Func<JobContext, CancellationToken, Task> script)
        : base(definition)
    {
        _script = script;
        UsesContext = true;
        UsesCancellation = true;
    }

    protected override ValueTask HandleAsync(ProbeDefinition.None args, in JobInvocation invocation) =>
        new(_script(invocation.Context!, invocation.CancellationToken));
}
