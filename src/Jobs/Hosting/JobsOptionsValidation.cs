using Jobs.Hosting.Configuration;
using Jobs.Messages;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>Checks the options: the shape of the section, every value's range, and that each name stands for something. Reports all mistakes at once.</summary>
internal sealed class JobsOptionsValidation(IServiceProvider services, JobsRegistry registry) : IValidateOptions<JobsOptions>
{
    private readonly JobsValidator _jobs = new();
    private readonly QueueValidator _queue = new();
    private readonly JobOverrideValidator _override = new();
    private readonly ScheduleValidator _schedule = new();

    public ValidateOptionsResult Validate(string? name, JobsOptions options)
    {
        if (JobsOptionsSetup.SectionOf(services) is { } section && JobsSection.Check(section, registry) is { Count: > 0 } problems)
        {
            // Nothing was bound, so there is nothing more to say.
            return ValidateOptionsResult.Fail(problems);
        }

        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_jobs.Validate(JobsOptions.SectionName, options));
        foreach (var (queue, settings) in options.Queues)
        {
            result.AddResult(_queue.Validate($"Jobs:Queues:{queue}", settings));
        }

        foreach (var (job, settings) in options.Overrides)
        {
            result.AddResult(_override.Validate($"Jobs:Overrides:{job}", settings));
        }

        foreach (var (schedule, settings) in options.Schedules)
        {
            result.AddResult(_schedule.Validate($"Jobs:Schedules:{schedule}", settings));
        }

        CheckNames(options, result);
        return result.Build();
    }

    private void CheckNames(JobsOptions options, ValidateOptionsResultBuilder result)
    {
        if (!registry.Brokers.ContainsKey(options.Broker))
        {
            result.AddError($"Jobs:Broker is '{options.Broker}', which was not added to this host (jobs.AddNats() and the like). {ConfigurationNames.Hint(options.Broker, registry.Brokers.Keys)}");
        }

        if (options.Store is { } store && !registry.Stores.ContainsKey(store))
        {
            result.AddError($"Jobs:Store is '{store}', which was not added to this host. {ConfigurationNames.Hint(store, registry.Stores.Keys)}");
        }

        var jobs = registry.Definitions.ToLookup(definition => definition.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (job, settings) in options.Overrides)
        {
            if (!jobs.Contains(job))
            {
                result.AddError($"Jobs:Overrides:{job} names no job of this host. {ConfigurationNames.Hint(job, registry.Definitions.Select(definition => definition.Name))}");
            }
            else if ((settings.BatchSize ?? settings.BatchWindow?.Ticks) is not null && jobs[job].All(definition => definition.Batch is null))
            {
                result.AddError($"Jobs:Overrides:{job}:{(settings.BatchSize is null ? nameof(settings.BatchWindow) : nameof(settings.BatchSize))} is set, but the job does not run in batches; mark its method with [Batch].");
            }
        }

        var queues = QueueNames.Of(registry, options);
        foreach (var queue in options.Queues.Keys)
        {
            if (!queues.Contains(queue) && !queue.Equals(JobMessage.DefaultQueue, StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"Jobs:Queues:{queue} names no queue of this host; a queue that no job names is added with jobs.AddQueue. {ConfigurationNames.Hint(queue, queues)}");
            }
        }

        for (var i = 0; i < options.Worker.Queues.Count; i++)
        {
            if (!queues.Contains(options.Worker.Queues[i]))
            {
                result.AddError($"Jobs:Worker:Queues:{i} is '{options.Worker.Queues[i]}', which is no queue of this host. {ConfigurationNames.Hint(options.Worker.Queues[i], queues)}");
            }
        }
    }
}
