using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Tests.Definitions;
using Jobs.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Scenarios;

/// <summary>What a test gives a node.</summary>
internal sealed class NodeBuilder(Bench bench, Node node, IJobsBuilder jobs)
{
    public IJobsBuilder Jobs => jobs;

    public IServiceCollection Services => jobs.Services;

    /// <summary>Handles jobs with these args; each call is noted before the script runs.</summary>
    public NodeBuilder Handle<TArgs>(Func<Call, Task> script, bool isSynchronous = false)
        where TArgs : IJobArgs<TArgs>
    {
        var definition = JobDefinition.Of<TArgs>();
        jobs.AddHandler(new ScriptHandler<TArgs>(definition, (args, invocation) => RunAsync(args!, invocation))
        {
            UsesContext = true,
            UsesCancellation = true,
            NeedsScope = true,
            IsSynchronous = isSynchronous,
            Location = definition.Location,
        });
        return this;

        ValueTask RunAsync(object args, JobInvocation invocation)
        {
            var call = new Call(node, invocation.Context!, args);
            bench.Note(call);
            return new(node.Watch.RunAsync(() => script(call)));
        }
    }

    public NodeBuilder Handle(Func<Call, Task> script) => Handle<NumberArgs>(script);

    /// <summary>Handles the job with a checkpoint.</summary>
    public NodeBuilder HandleCheckpoint(Func<Call, JobCheckpoint<string>, Task> script, bool isSynchronous = false)
    {
        var definition = JobDefinition.Of<NumberArgs>();
        jobs.AddHandler(new ScriptHandler<NumberArgs>(definition, (args, invocation) =>
        {
            var call = new Call(node, invocation.Context!, args);
            var checkpoint = new JobCheckpoint<string>(invocation.Checkpoint!, TextSerializer.Instance);
            bench.Note(call);
            return new(node.Watch.RunAsync(() => script(call, checkpoint)));
        })
        {
            UsesContext = true,
            UsesCancellation = true,
            UsesCheckpoint = true,
            NeedsScope = true,
            IsSynchronous = isSynchronous,
            Location = definition.Location,
        });
        return this;
    }

    /// <summary>Handles the job with a result.</summary>
    public NodeBuilder HandleResult(Func<Call, Task<string>> script) => HandleResult<ResultArgs>(script);

    /// <summary>Handles a job with a result.</summary>
    public NodeBuilder HandleResult<TArgs>(Func<Call, Task<string>> script)
        where TArgs : IJobArgs<TArgs, string>
    {
        var definition = JobDefinition.Of<TArgs, string>();
        jobs.AddHandler(new ScriptResultHandler<TArgs>((args, invocation) =>
        {
            var call = new Call(node, invocation.Context!, args!);
            bench.Note(call);
            return new(RunAsync(call));
        })
        {
            UsesContext = true,
            UsesCancellation = true,
            NeedsScope = true,
            Location = definition.Location,
        });
        return this;

        async Task<string> RunAsync(Call call)
        {
            Task<string>? result = null;
            await node.Watch.RunAsync(() => result = script(call));
            return await result!;
        }
    }

    /// <summary>Handles the batch job.</summary>
    public NodeBuilder HandleBatch(Func<IReadOnlyList<ItemArgs>, JobInvocation, Task> script)
    {
        jobs.AddHandler(new ScriptBatchHandler<ItemArgs>(ItemArgs.Definition, (items, invocation) =>
        {
            bench.Changes.Raise();
            return new(node.Watch.RunAsync(() => script(items, invocation)));
        })
        {
            UsesCancellation = true,
            NeedsScope = true,
            Location = ItemArgs.Definition.Location,
        });
        return this;
    }

    public NodeBuilder Configure(Action<JobsOptions> configure)
    {
        jobs.Configure(configure);
        return this;
    }

    public NodeBuilder Override(string job, Action<JobOverrideOptions> configure) => Configure(options =>
    {
        if (!options.Overrides.TryGetValue(job, out var settings))
        {
            options.Overrides[job] = settings = new JobOverrideOptions();
        }

        configure(settings);
    });
}
