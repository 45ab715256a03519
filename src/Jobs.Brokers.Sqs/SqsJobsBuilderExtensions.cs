using Jobs.Brokers.Sqs;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Hosting;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Makes Amazon SQS available as a broker.</summary>
public static class SqsJobsBuilderExtensions
{
    /// <summary>Makes the broker <c>sqs</c> available; <c>Jobs:Broker</c> picks it. Adding it again changes nothing but the options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Wins over the configuration section <c>Jobs:Sqs</c>.</param>
    public static IJobsBuilder AddSqs(this IJobsBuilder builder, Action<SqsBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<SqsBrokerOptions>();
        builder.Services.AddSingleton<IConfigureOptions<SqsBrokerOptions>, SqsOptionsSetup>();
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        return builder.AddBroker("sqs", Create);
    }

    private static SqsBroker Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<SqsBrokerOptions>>().Value;
        var jobs = provider.GetRequiredService<IOptions<JobsOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        var telemetry = provider.GetRequiredService<JobsTelemetry>();
        var logger = provider.GetRequiredService<GuardedLogger<SqsBroker>>();
        return new SqsBroker(
            SqsClient.Open(SqsOptionsSetup.ClientOptionsOf(options, jobs.Queues.Count), time, logger, telemetry),
            jobs.Namespace,
            options,
            time,
            telemetry,
            logger);
    }
}
