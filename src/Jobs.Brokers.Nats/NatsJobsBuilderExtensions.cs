using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Hosting;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Makes NATS JetStream available as a broker.</summary>
public static class NatsJobsBuilderExtensions
{
    /// <summary>Makes the broker <c>nats</c> available; <c>Jobs:Broker</c> picks it. Adding it again changes nothing but the options.</summary>
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

        return builder.AddBroker("nats", Create);
    }

    private static NatsBroker Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<NatsBrokerOptions>>().Value;
        var jobs = provider.GetRequiredService<IOptions<JobsOptions>>().Value;
        var shortestLease = jobs.Queues.Values.Select(static queue => queue.Lease).Append(new QueueOptions().Lease).Min();
        var time = provider.GetRequiredService<TimeProvider>();
        var logger = provider.GetRequiredService<ILogger<NatsBroker>>();
        return new NatsBroker(
            NatsClient.Open(NatsOptionsSetup.ClientOptionsOf(options, shortestLease), time, logger),
            jobs.Namespace,
            options,
            time,
            provider.GetRequiredService<JobsTelemetry>(),
            logger);
    }
}
