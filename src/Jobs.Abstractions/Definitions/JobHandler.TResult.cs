using Jobs.Messages;
using Jobs.Serialization;

namespace Jobs.Definitions;

/// <summary>Runs a job with a result.</summary>
public abstract class JobHandler<TArgs, TResult> : JobHandler
{
    private readonly JobDefinition<TArgs, TResult> _definition;

    /// <summary>Makes a handler.</summary>
    protected JobHandler(JobDefinition<TArgs, TResult> definition)
        : base(definition) => _definition = definition;

    /// <summary>Calls the user's method.</summary>
    protected abstract ValueTask<TResult> HandleAsync(TArgs args, in JobInvocation invocation);

    /// <inheritdoc/>
    public sealed override ValueTask InvokeAsync(JobMessage message, in JobInvocation invocation) =>
        DeliverAsync(HandleAsync(message.ReadArgs(_definition), in invocation), invocation.Results);

    private async ValueTask DeliverAsync(ValueTask<TResult> run, IJobResultSink? results)
    {
        var result = await run.ConfigureAwait(false);
        if (results is not null)
        {
            using var json = JsonScratch.Rent();
            _definition.WriteResult(json.Writer, result);
            results.SetResult(json.Complete());
        }
    }
}
