using System.Diagnostics.CodeAnalysis;
using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Schedules;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Jobs;

/// <summary>What a host may add besides its jobs.</summary>
public static class JobsBuilderExtensions
{
    /// <summary>Makes this process run jobs. Without it the host only enqueues.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Wins over the configuration section <c>Jobs:Worker</c>.</param>
    public static IJobsBuilder AddWorker(this IJobsBuilder builder, Action<WorkerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        JobsRegistry.Of(builder.Services).HasWorker = true;
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JobWorker>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, QueueSampler>());
        builder.Services.TryAddSingleton<ScheduledRuns>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Scheduler>());
        return configure is null ? builder : builder.Configure(options => configure(options.Worker));
    }

    /// <summary>Changes options in code. Wins over configuration; of several calls the last wins.</summary>
    public static IJobsBuilder Configure(this IJobsBuilder builder, Action<JobsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>Makes a queue known that no job names: one that calls choose with <see cref="EnqueueOptions.Queue"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c>; 1 to 64 characters.</param>
    /// <param name="configure">Wins over the configuration section <c>Jobs:Queues:{name}</c>.</param>
    /// <exception cref="ArgumentException">The name is not a queue's name.</exception>
    public static IJobsBuilder AddQueue(this IJobsBuilder builder, string name, Action<QueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        if (!ConfigurationNames.IsName(name))
        {
            throw new ArgumentException($"A queue's name has 1 to 64 letters, digits, '-' or '_', but this one is '{name}'.", nameof(name));
        }

        var queues = JobsRegistry.Of(builder.Services).Queues;
        if (!queues.Contains(name))
        {
            queues.Add(name);
        }

        return configure is null ? builder : builder.Configure(options =>
        {
            if (!options.Queues.TryGetValue(name, out var queue))
            {
                options.Queues[name] = queue = new QueueOptions();
            }

            configure(queue);
        });
    }

    /// <summary>Makes a broker available; <c>Jobs:Broker</c> picks one. Adding a name again replaces it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name in configuration, in lower case. Its own settings live in the section <c>Jobs:{name}</c>, which the adapter reads and checks.</param>
    /// <param name="factory">Called once if the broker is picked; the host disposes what it makes.</param>
    public static IJobsBuilder AddBroker(this IJobsBuilder builder, string name, Func<IServiceProvider, IJobBroker> factory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        JobsRegistry.Of(builder.Services).Brokers[name] = factory;
        return builder;
    }

    /// <summary>Makes a store available; <c>Jobs:Store</c> picks one, else the one named like the broker is taken. Adding a name again replaces it.</summary>
    /// <inheritdoc cref="AddBroker"/>
    public static IJobsBuilder AddStore(this IJobsBuilder builder, string name, Func<IServiceProvider, IJobStore> factory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        JobsRegistry.Of(builder.Services).Stores[name] = factory;
        return builder;
    }

    /// <summary>Wraps every run of every job. One instance serves the host; the first added is outermost. Adding a type again changes nothing.</summary>
    public static IJobsBuilder AddMiddleware<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>(this IJobsBuilder builder)
        where TMiddleware : class, IJobMiddleware => builder.AddSingletonOf<IJobMiddleware, TMiddleware>();

    /// <summary>Shows every dead letter to a handler. One instance serves the host. Adding a type again changes nothing.</summary>
    public static IJobsBuilder AddFailureHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(this IJobsBuilder builder)
        where THandler : class, IJobFailureHandler => builder.AddSingletonOf<IJobFailureHandler, THandler>();

    /// <summary>Runs code when the worker starts and stops. One instance serves the host. Adding a type again changes nothing.</summary>
    public static IJobsBuilder AddWorkerLifecycle<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TLifecycle>(this IJobsBuilder builder)
        where TLifecycle : class, IWorkerLifecycle => builder.AddSingletonOf<IWorkerLifecycle, TLifecycle>();

    /// <summary>Says what failures of one exception type (and derived ones) mean for all jobs that do not say so themselves.</summary>
    /// <remarks>Wins over <c>Jobs:FailureRules</c> for the same type. Of two rules for one type the last added wins.</remarks>
    public static IJobsBuilder AddFailureRule<TException>(this IJobsBuilder builder, FailureStrategy strategy)
        where TException : Exception
    {
        ArgumentNullException.ThrowIfNull(builder);
        JobsRegistry.Of(builder.Services).FailureRules.Insert(0, new FailureRule(typeof(TException), strategy));
        return builder;
    }

    private static IJobsBuilder AddSingletonOf<TService, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(this IJobsBuilder builder)
        where TService : class
        where TImplementation : class, TService
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<TService, TImplementation>());
        return builder;
    }
}
