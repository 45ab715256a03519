using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Schedules;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>What can be known to fail later is found when the host starts, all of it at once.</summary>
internal sealed class HostChecks(
    JobCatalog jobs,
    QueueCatalog queues,
    JobsRegistry registry,
    IOptions<JobsOptions> options,
    IOptions<HostOptions> host,
    IJobBroker broker,
    OptionalStore store,
    ScheduleCatalog schedules,
    IServiceProvider services,
    ILogger<HostChecks> logger)
{
    // What a worker needs after the drain: abandoned runs get 2 s to return, then settlements are flushed.
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(5);

    /// <exception cref="JobConfigurationException">Something is wrong; the message names everything that is.</exception>
    public void Run()
    {
        var problems = new List<string>();
        CheckResults(problems);
        CheckStore(problems);
        CheckSchedules(problems);
        CheckKeys(problems);
        if (registry.HasWorker)
        {
            CheckShutdown(problems);
            CheckLeases(problems);
            foreach (var job in jobs.All.Where(IsConsumed))
            {
                CheckHandler(job, problems);
                CheckCheckpoint(job, problems);
                CheckLimits(job, problems);
                CheckClaims(job, problems);
            }
        }

        if (problems.Count > 0)
        {
            throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
        }
    }

    private bool IsConsumed(JobRegistration job) => queues.TryGet(job.Queue, out var queue) && queue.IsConsumed;

    private void CheckResults(List<string> problems)
    {
        if (store.Store is not null)
        {
            return;
        }

        var withResult = jobs.All.Where(job => job.Definition.HasResult).ToArray();
        foreach (var job in withResult.Where(job => job.Definition.Policy.RequireResult))
        {
            problems.Add($"Job '{job.Definition.Name}' ({job.Definition.Location}) requires its result, but no store is configured: set Jobs:Store, or use a broker that brings one ('{broker.Name}' does not).");
        }

        var dropped = withResult.Where(job => !job.Definition.Policy.RequireResult).Select(job => job.Definition.Name).ToArray();
        if (dropped.Length > 0)
        {
            Log.ResultsDropped(logger, string.Join(", ", dropped));
        }
    }

    private void CheckStore(List<string> problems)
    {
        if (options.Value.Status.Enabled && store.Store is not IIndexedStore)
        {
            problems.Add(store.Store is null
                ? $"Jobs:Status:Enabled is true, but no store is configured to keep the status of jobs: set Jobs:Store, or use a broker that brings one ('{broker.Name}' does not)."
                : $"Jobs:Status:Enabled is true, but store '{store.Store.Name}' has no indexes ({nameof(IIndexedStore)}), which the status of jobs needs: choose another one by Jobs:Store.");
        }

        if (store.Store is { Features.IsShared: false } local && broker.Features.IsDurable)
        {
            Log.StoreNotShared(logger, local.Name, broker.Name);
        }
    }

    // The catalog throws what is wrong with schedules themselves.
    private void CheckSchedules(List<string> problems)
    {
        foreach (var schedule in schedules.All.Where(schedule => schedule.IsEnabled && registry.HasWorker))
        {
            var job = schedule.Job.Definition;
            if (store.Store is null)
            {
                problems.Add($"Schedule '{schedule.Name}' of job '{job.Name}' ({job.Location}) needs a store, which remembers its ticks: set Jobs:Store, use a broker that brings one ('{broker.Name}' does not), or set Jobs:Schedules:{schedule.Name}:Enabled to false.");
            }
            else if (store.Store is { Features.IsShared: false } own && broker.Name != "memory")
            {
                problems.Add($"Schedule '{schedule.Name}' of job '{job.Name}' ({job.Location}) needs a store that all nodes share, and '{own.Name}' is within this process: each node would send its ticks. Set Jobs:Store.");
            }
        }
    }

    private void CheckKeys(List<string> problems)
    {
        foreach (var job in jobs.All.Select(static job => job.Definition).Where(static job => job.KeyTemplate is not null))
        {
            var what = $"Job '{job.Name}' ({job.Location}) has the unique key '{job.KeyTemplate}', which needs a store";
            if (store.Store is not { } kept)
            {
                problems.Add($"{what}, and none is configured: set Jobs:Store, use a broker that brings one ('{broker.Name}' does not), or remove Key from [Job].");
            }
            else if (!kept.Features.IsShared && broker.Name != "memory")
            {
                problems.Add($"{what} that all nodes share, and '{kept.Name}' is within this process: each node would have a key of its own. Set Jobs:Store.");
            }
            else if (job.Policy.OnConflict == KeyConflict.Replace && kept is not IIndexedStore)
            {
                problems.Add($"{what} that can cancel ({nameof(IIndexedStore)}) to replace the job that has it, and '{kept.Name}' cannot: choose another one by Jobs:Store, or another OnConflict.");
            }
        }
    }

    private void CheckShutdown(List<string> problems)
    {
        var drain = options.Value.Worker.DrainTimeout;
        var shutdown = host.Value.ShutdownTimeout;
        if (shutdown != Timeout.InfiniteTimeSpan && drain + DrainMargin > shutdown)
        {
            problems.Add(
                $"Jobs:Worker:DrainTimeout is {drain}; with {DrainMargin.TotalSeconds:0} s more it does not fit the host's shutdown timeout of {shutdown}, so running jobs would be killed. "
                + $"Raise {nameof(HostOptions)}.{nameof(HostOptions.ShutdownTimeout)} (configuration 'shutdownTimeoutSeconds') to at least {drain + DrainMargin}, or shorten Jobs:Worker:DrainTimeout.");
        }
    }

    private void CheckLeases(List<string> problems)
    {
        foreach (var queue in queues.Consumed.Where(queue => queue.Lease > broker.Features.LeaseLimit))
        {
            problems.Add($"Jobs:Queues:{queue.Name}:Lease is {queue.Lease}, but broker '{broker.Name}' lets a delivery be held for at most {broker.Features.LeaseLimit}.");
        }
    }

    private void CheckHandler(JobRegistration job, List<string> problems)
    {
        if (job.Handler is not { } handler)
        {
            problems.Add(
                $"Job '{job.Definition.Name}' ({job.Definition.Location}) has no handler in this host, which consumes its queue '{job.Queue}'. "
                + "Implement its contract in a class with [JobHandler], or leave the queue out of Jobs:Worker:Queues.");
            return;
        }

        foreach (var service in handler.Services.Where(service => !IsMet(service)))
        {
            problems.Add($"Job '{job.Definition.Name}' ({handler.Location}) needs {Missing(service)}");
        }
    }

    // Generated code asks for the class itself as 'this'.
    private static string Missing(ServiceRequirement service) => service.Parameter == "this"
        ? $"an instance of {service.Type}, which is not registered and which generated code cannot make: it is abstract, or there is no one constructor to call. "
            + "Register it, or make the method static."
        : $"the service {service.Type}{(service.Key is null ? "" : $" with the key '{service.Key}'")} for its parameter '{service.Parameter}', and it is not registered. "
            + "Register it, or give the parameter a default of null.";

    private void CheckCheckpoint(JobRegistration job, List<string> problems)
    {
        if (job.Handler is not { UsesCheckpoint: true } handler)
        {
            return;
        }

        if (store.Store is null)
        {
            problems.Add($"Job '{job.Definition.Name}' ({handler.Location}) keeps a checkpoint, which needs a store: set Jobs:Store, use a broker that brings one ('{broker.Name}' does not), or take the parameter {nameof(JobCheckpoint<>)} out.");
        }
        else if (store.Store is { Features.IsShared: false } own && broker.Features.IsDurable)
        {
            problems.Add($"Job '{job.Definition.Name}' ({handler.Location}) keeps a checkpoint, which must outlive the worker that saved it, and store '{own.Name}' is within this process. Set Jobs:Store.");
        }
    }

    // A registered class is made by the container, which may know other constructors than the generated code does.
    private bool IsMet(ServiceRequirement service) =>
        service.IsOptional
        || (service.UnlessRegistered is { } type && IsRegistered(type, key: null))
        || IsRegistered(service.Type, service.Key);

    // A container that cannot say is believed to have everything.
    private bool IsRegistered(Type type, object? key) => key is null
        ? services.GetService<IServiceProviderIsService>() is not { } plain || plain.IsService(type)
        : services.GetService<IServiceProviderIsKeyedService>() is not { } keyed || keyed.IsKeyedService(type, key);

    private void CheckLimits(JobRegistration job, List<string> problems)
    {
        var name = job.Definition.Name;
        if (job.Settings.Batch is { } batch && batch.Size > broker.Features.InFlightLimit)
        {
            problems.Add($"Job '{name}' runs in batches of {batch.Size}, but broker '{broker.Name}' hands out at most {broker.Features.InFlightLimit} at once, so a batch would never fill. Lower Jobs:Overrides:{name}:BatchSize.");
        }

        if (job.Settings.MaxCrashes == 0 && broker.Features.InPlaceQueues.Contains(job.Queue, StringComparer.OrdinalIgnoreCase))
        {
            problems.Add($"Job '{name}' must never start twice (MaxCrashes is 0), but in queue '{job.Queue}' of broker '{broker.Name}' messages stay in place, and nobody can tell a crash from a retry. Move it to another queue, or raise Jobs:Overrides:{name}:MaxCrashes.");
        }

        var longest = job.Settings.Timeout + job.Settings.HardTimeoutGrace;
        if (longest > broker.Features.LeaseLimit)
        {
            problems.Add($"Job '{name}' may run for {longest} (Timeout and HardTimeoutGrace), but broker '{broker.Name}' lets a delivery be held for at most {broker.Features.LeaseLimit}. Lower Jobs:Overrides:{name}:Timeout.");
        }
    }

    private void CheckClaims(JobRegistration job, List<string> problems)
    {
        if (job.Settings.ConcurrencyLimit is not null)
        {
            CheckPermits(job, $"limits how many of its runs are under way at once ([Concurrency], or Jobs:Overrides:{job.Definition.Name}:ConcurrencyLimit)", problems);
        }

        if (job.Settings.IdempotencyRetention is not null)
        {
            CheckPermits(job, "is [Idempotent]", problems);
        }
    }

    private void CheckPermits(JobRegistration job, string feature, List<string> problems)
    {
        var what = $"Job '{job.Definition.Name}' ({job.Definition.Location}) {feature}, which needs a store";
        if (store.Store is not { } kept)
        {
            problems.Add($"{what}, and none is configured: set Jobs:Store, use a broker that brings one ('{broker.Name}' does not), or remove the attribute.");
        }
        else if (kept is not IPermitStore)
        {
            problems.Add($"{what} with permits ({nameof(IPermitStore)}), and '{kept.Name}' has none: choose another one by Jobs:Store, or remove the attribute.");
        }
        else if (!kept.Features.IsShared && broker.Name != "memory")
        {
            problems.Add($"{what} that all nodes share, and '{kept.Name}' is within this process: each node would count for itself. Set Jobs:Store.");
        }
    }
}
