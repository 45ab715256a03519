using Jobs.Brokers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Hosting;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Makes Redis available as a broker and as a store.</summary>
public static class RedisJobsBuilderExtensions
{
    /// <summary>Makes the broker <c>redis</c> available, which <c>Jobs:Broker</c> picks, and the store <c>redis</c>, which <c>Jobs:Store</c> picks,
    /// or the choice of this broker. Adding it again changes nothing but the options.</summary>
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

        return builder.AddBroker("redis", CreateBroker).AddStore("redis", CreateStore);
    }

    private static RedisBroker CreateBroker(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<RedisBrokerOptions>>().Value;
        var logger = provider.GetRequiredService<GuardedLogger<RedisBroker>>();
        return new RedisBroker(
            Open(provider, logger),
            provider.GetRequiredService<IOptions<JobsOptions>>().Value.Namespace,
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<JobsTelemetry>(),
            logger);
    }

    // On a connection of its own, so that what is stored never waits behind what is sent.
    private static RedisStore CreateStore(IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<GuardedLogger<RedisStore>>();
        return new RedisStore(
            Open(provider, logger),
            provider.GetRequiredService<IOptions<JobsOptions>>().Value.Namespace,
            provider.GetRequiredService<TimeProvider>(),
            logger);
    }

    private static IRedisClient Open(IServiceProvider provider, ILogger logger)
    {
        var options = provider.GetRequiredService<IOptions<RedisBrokerOptions>>().Value;
        var shortestLease = AdapterRules.ShortestLeaseOf(provider.GetRequiredService<IOptions<JobsOptions>>().Value);
        return RedisClient.Open(RedisOptionsSetup.ClientOptionsOf(options, shortestLease), provider.GetRequiredService<TimeProvider>(), logger);
    }
}
