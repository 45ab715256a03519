using Jobs.Brokers.Redis.Protocol;
using Jobs.Hosting;
using Jobs.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Brokers.Redis;

/// <summary>Binds the options to the configuration section <c>Jobs:Redis</c>, and checks them once the broker is picked.</summary>
internal sealed class RedisOptionsSetup(IServiceProvider services) : IConfigureOptions<RedisBrokerOptions>
{
    /// <summary>Every member of the section, which a test holds against the options.</summary>
    public static readonly ObjectShape Shape = new(new Dictionary<string, SectionShape?>
    {
        [nameof(RedisBrokerOptions.ConnectionString)] = ValueShape.Text,
        [nameof(RedisBrokerOptions.SendTimeout)] = ValueShape.Duration,
        [nameof(RedisBrokerOptions.MaxDocumentBytes)] = ValueShape.Int,
        [nameof(RedisBrokerOptions.DedupeWindow)] = ValueShape.Duration,
        [nameof(RedisBrokerOptions.CaFile)] = ValueShape.Text,
        [nameof(RedisBrokerOptions.ClientCertificateFile)] = ValueShape.Text,
        [nameof(RedisBrokerOptions.ClientKeyFile)] = ValueShape.Text,
        [nameof(RedisBrokerOptions.ClientKeyPassword)] = ValueShape.Text,
        [nameof(RedisBrokerOptions.AcceptAnyServerCertificate)] = ValueShape.Boolean,
    });

    public void Configure(RedisBrokerOptions options)
    {
        if (services.GetService<IConfiguration>() is not { } configuration)
        {
            return;
        }

        var section = configuration.GetSection(RedisBrokerOptions.SectionName);
        var problems = new List<string>();
        Shape.Check(section, problems);
        if (problems.Count > 0)
        {
            throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
        }

        section.Bind(options);
        options.ConnectionString ??= AdapterRules.ConnectionStringOf(configuration, services.GetRequiredService<IOptions<JobsOptions>>().Value, "redis");
    }

    /// <summary>What the client needs of the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="shortestLease">A dead server is noticed well inside it.</param>
    /// <exception cref="JobConfigurationException">An option is missing or out of range; the message names its path.</exception>
    public static RedisClientOptions ClientOptionsOf(RedisBrokerOptions options, TimeSpan shortestLease)
    {
        Check(options.SendTimeout >= TimeSpan.FromMilliseconds(100) && options.SendTimeout <= TimeSpan.FromMinutes(10), nameof(options.SendTimeout), "00:00:00.1 to 00:10:00", options.SendTimeout);
        Check(options.MaxDocumentBytes is >= 1024 and <= 256 * 1024 * 1024, nameof(options.MaxDocumentBytes), "1,024 to 268,435,456", options.MaxDocumentBytes);
        Check(options.DedupeWindow >= TimeSpan.FromSeconds(1) && options.DedupeWindow <= TimeSpan.FromDays(7), nameof(options.DedupeWindow), "00:00:01 to 7.00:00:00", options.DedupeWindow);
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            throw new JobConfigurationException(
                $"Jobs:Broker or Jobs:Store is 'redis', but no server is named. Set {RedisBrokerOptions.SectionName}:{nameof(options.ConnectionString)} or ConnectionStrings:jobs-redis (for a broker, ConnectionStrings:jobs will do), for example to 'localhost:6379'.");
        }

        try
        {
            return Overlay(RedisClientOptions.Parse(options.ConnectionString), options, shortestLease);
        }
        catch (FormatException error)
        {
            throw new JobConfigurationException($"The connection string of Redis ({RedisBrokerOptions.SectionName}:{nameof(options.ConnectionString)}, ConnectionStrings:jobs-redis or ConnectionStrings:jobs) is not valid: {error.Message}", error);
        }
    }

    private static RedisClientOptions Overlay(RedisClientOptions client, RedisBrokerOptions options, TimeSpan shortestLease)
    {
        var tls = (string?[])[options.CaFile, options.ClientCertificateFile, options.ClientKeyFile, options.ClientKeyPassword];
        if (!client.UseTls && (options.AcceptAnyServerCertificate || Array.Exists(tls, static value => value is not null)))
        {
            throw new JobConfigurationException(
                $"{RedisBrokerOptions.SectionName} has settings for TLS, but the connection string does not ask for it: begin it with 'rediss://', or add 'ssl=true'.");
        }

        var deadAfter = TimeSpan.FromSeconds(Math.Clamp(shortestLease.TotalSeconds / 3, 1, client.DeadAfter.TotalSeconds));
        return client with
        {
            TlsCaFile = options.CaFile ?? client.TlsCaFile,
            TlsCertificateFile = options.ClientCertificateFile ?? client.TlsCertificateFile,
            TlsKeyFile = options.ClientKeyFile ?? client.TlsKeyFile,
            TlsKeyPassword = options.ClientKeyPassword ?? client.TlsKeyPassword,
            TlsVerify = client.TlsVerify && !options.AcceptAnyServerCertificate,
            ClientName = client.ClientName ?? "jobs",
            DeadAfter = deadAfter,
            KeepAlive = client.KeepAlive < deadAfter / 2 ? client.KeepAlive : deadAfter / 2,
        };
    }

    private static void Check(bool isWithin, string option, string range, object value)
    {
        if (!isWithin)
        {
            throw new JobConfigurationException($"{RedisBrokerOptions.SectionName}:{option} must be {range}, but is {value}.");
        }
    }
}
