using Jobs.Definitions;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>Tells of each run: whose, which attempt, and what it read.</summary>
internal sealed class GreetingHandler : JobHandler<GreetingDefinition.Args>
{
    private readonly Action<JobContext, string?> _ran;

    public GreetingHandler(GreetingDefinition definition, Action<JobContext, string?> ran)
        : base(definition)
    {
        _ran = ran;
        UsesContext = true;
    }

    protected override ValueTask HandleAsync(GreetingDefinition.Args args, in JobInvocation invocation)
    {
        _ran(invocation.Context!, args.Language);
        return default;
    }
}
