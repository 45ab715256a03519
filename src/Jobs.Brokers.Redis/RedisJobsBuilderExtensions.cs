using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Hosting;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Makes Redis available as a broker.</summary>
public static class RedisJobsBuilderExtensions
{
    /// <summary>Makes the broker <c>redis</c> available; <c>Jobs:Broker</c> picks it. Adding it again changes nothing but the options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Wins over the configuration section <c>Jobs:Redis</c>.</param>
    public static IJobsBuilder AddRedis(this IJobsBuilder builder, Action<RedisBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<RedisBrokerOptions>();
        builder.Services.AddSingleton<IConfigureOptions<RedisBrokerOptions>, RedisOptionsSetup>();
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        return builder.AddBroker("redis", Create);
    }

    private static RedisBroker Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<RedisBrokerOptions>>().Value;
        var jobs = provider.GetRequiredService<IOptions<JobsOptions>>().Value;
        var shortestLease = jobs.Queues.Values.Select(static queue => queue.Lease).Append(new QueueOptions().Lease).Min();
        var time = provider.GetRequiredService<TimeProvider>();
        var logger = provider.GetRequiredService<ILogger<RedisBroker>>();
        return new RedisBroker(
            RedisClient.Open(RedisOptionsSetup.ClientOptionsOf(options, shortestLease), time, logger),
            jobs.Namespace,
            options,
            time,
            provider.GetRequiredService<JobsTelemetry>(),
            logger);
    }
}
