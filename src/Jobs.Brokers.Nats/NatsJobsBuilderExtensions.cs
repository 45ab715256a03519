using Jobs.Brokers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Stores;
using Jobs.Hosting;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Makes NATS JetStream available as a broker and as a store.</summary>
public static class NatsJobsBuilderExtensions
{
    /// <summary>Makes the broker <c>nats</c> available, which <c>Jobs:Broker</c> picks, and the store <c>nats</c>, which <c>Jobs:Store</c> picks,
    /// or the choice of this broker. Adding it again changes nothing but the options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Wins over the configuration section <c>Jobs:Nats</c>.</param>
    public static IJobsBuilder AddNats(this IJobsBuilder builder, Action<NatsBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<NatsBrokerOptions>();
        builder.Services.AddSingleton<IConfigureOptions<NatsBrokerOptions>, NatsOptionsSetup>();
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        return builder.AddBroker("nats", CreateBroker).AddStore("nats", CreateStore);
    }

    private static NatsBroker CreateBroker(IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<GuardedLogger<NatsBroker>>();
        return new NatsBroker(
            Open(provider, logger),
            provider.GetRequiredService<IOptions<JobsOptions>>().Value.Namespace,
            provider.GetRequiredService<IOptions<NatsBrokerOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<JobsTelemetry>(),
            logger);
    }

    // On a connection of its own, so that what is stored never waits behind what is sent.
    private static NatsStore CreateStore(IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<GuardedLogger<NatsStore>>();
        var jobs = provider.GetRequiredService<IOptions<JobsOptions>>().Value;
        return new NatsStore(
            Open(provider, logger),
            jobs.Namespace,
            provider.GetRequiredService<IOptions<NatsBrokerOptions>>().Value,
            jobs.Provision,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<JobsTelemetry>(),
            logger);
    }

    private static INatsClient Open(IServiceProvider provider, ILogger logger)
    {
        var options = provider.GetRequiredService<IOptions<NatsBrokerOptions>>().Value;
        var shortestLease = AdapterRules.ShortestLeaseOf(provider.GetRequiredService<IOptions<JobsOptions>>().Value);
        return NatsClient.Open(NatsOptionsSetup.ClientOptionsOf(options, shortestLease), provider.GetRequiredService<TimeProvider>(), logger);
    }
}
