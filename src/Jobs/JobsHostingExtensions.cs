using System.Diagnostics.Metrics;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Enqueueing;
using Jobs.Health;
using Jobs.Hosting;
using Jobs.Keys;
using Jobs.Memory;
using Jobs.Monitoring;
using Jobs.Schedules;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Adds Jobs to a host.</summary>
public static class JobsHostingExtensions
{
    /// <summary>Adds Jobs: a client to enqueue with and, if <see cref="JobsBuilderExtensions.AddWorker"/> is called, a worker.</summary>
    /// <remarks>A second call adds to the first. Settings come from the configuration section <c>Jobs</c>; mistakes in it fail the start.</remarks>
    public static TBuilder AddJobs<TBuilder>(this TBuilder builder, Action<IJobsBuilder> configure)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddJobs(configure);
        return builder;
    }

    /// <inheritdoc cref="AddJobs{TBuilder}(TBuilder, Action{IJobsBuilder})"/>
    public static IServiceCollection AddJobs(this IServiceCollection services, Action<IJobsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        configure(new JobsBuilder(services, JobsRegistry.Find(services) ?? AddCore(services)));
        return services;
    }

    private static JobsRegistry AddCore(IServiceCollection services)
    {
        var registry = new JobsRegistry();
        registry.Brokers["memory"] = CreateMemoryBroker;
        registry.Stores["memory"] = provider => new MemoryStore(provider.GetRequiredService<TimeProvider>());
        services.AddSingleton(registry);

        services.AddOptions<JobsOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<JobsOptions>, JobsOptionsSetup>();
        services.AddSingleton<IPostConfigureOptions<JobsOptions>, WorkerNameSetup>();
        services.AddSingleton<IValidateOptions<JobsOptions>, JobsOptionsValidation>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(typeof(GuardedLogger<>));
        services.AddSingleton(provider => new JobsTelemetry(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => JobCatalogFactory.Create(registry, OptionsOf(provider)));
        services.AddSingleton(provider => QueueCatalogFactory.Create(registry, provider.GetRequiredService<JobCatalog>(), OptionsOf(provider)));
        services.AddSingleton<IJobBroker>(provider => registry.Brokers[OptionsOf(provider).Broker](provider));
        services.AddSingleton<IJobStore>(provider => registry.StoreName(OptionsOf(provider)) is { } name
            ? registry.Stores[name](provider)
            : throw new JobStoreMissingException($"The service {nameof(IJobStore)}"));
        services.AddSingleton(provider => new OptionalStore(
            registry.StoreName(OptionsOf(provider)) is null ? null : provider.GetRequiredService<IJobStore>()));
        services.AddSingleton<StatusSource>();
        services.AddSingleton(provider => new OptionalKeys(
            provider.GetRequiredService<OptionalStore>().Store is { } store
                ? new JobKeys(store, OptionsOf(provider).Keys.Retention, provider.GetRequiredService<TimeProvider>())
                : null));
        services.AddSingleton<IDeadLetterQueue>(provider => provider.GetRequiredService<IJobBroker>() is IDeadLetterQueue dead
            ? new KeyedDeadLetters(
                dead,
                provider.GetRequiredService<OptionalKeys>().Keys,
                provider.GetRequiredService<JobsTelemetry>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<GuardedLogger<KeyedDeadLetters>>())
            : throw new JobConfigurationException($"Broker '{OptionsOf(provider).Broker}' keeps no dead letters, which the service {nameof(IDeadLetterQueue)} needs."));
        services.AddSingleton<IJobMonitor, JobMonitor>();
        services.AddSingleton<JobClient>();
        services.AddSingleton(provider => ScheduleCatalogFactory.Create(provider.GetRequiredService<JobCatalog>(), OptionsOf(provider)));
        services.AddSingleton<ScheduleChanges>();
        services.AddSingleton<IJobSchedules, JobSchedules>();
        services.AddSingleton<IJobClient>(provider => provider.GetRequiredService<JobClient>());

        // Before the worker, which AddWorker adds: a wrong host must not run a single job.
        services.AddSingleton<TopologyProvisioner>();
        services.AddSingleton<HostChecks>();
        services.AddSingleton<IHostedService, HostStart>();

        services.AddSingleton<JobsHealthCheck>();
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "Jobs", static provider => provider.GetRequiredService<JobsHealthCheck>(), failureStatus: null, tags: ["ready"]));
        return registry;
    }

    private static MemoryBroker CreateMemoryBroker(IServiceProvider provider)
    {
        var broker = new MemoryBroker(
            provider.GetRequiredService<TimeProvider>(), OptionsOf(provider).Memory, provider.GetRequiredService<GuardedLogger<MemoryBroker>>());
        provider.GetRequiredService<JobsTelemetry>().ObserveEvictions(() => broker.EvictedDeadLetters);
        return broker;
    }

    private static JobsOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<JobsOptions>>().Value;
}
