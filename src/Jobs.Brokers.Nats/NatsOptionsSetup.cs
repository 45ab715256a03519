using Jobs.Brokers.Nats.Protocol;
using Jobs.Hosting;
using Jobs.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Brokers.Nats;

/// <summary>Binds the options to the configuration section <c>Jobs:Nats</c>, and checks them once the broker is picked.</summary>
internal sealed class NatsOptionsSetup(IServiceProvider services) : IConfigureOptions<NatsBrokerOptions>
{
    /// <summary>Every member of the section, which a test holds against the options.</summary>
    public static readonly ObjectShape Shape = new(new Dictionary<string, SectionShape?>
    {
        [nameof(NatsBrokerOptions.ConnectionString)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.SendTimeout)] = ValueShape.Duration,
        [nameof(NatsBrokerOptions.Replicas)] = ValueShape.Int,
        [nameof(NatsBrokerOptions.DedupeWindow)] = ValueShape.Duration,
        [nameof(NatsBrokerOptions.CredentialsFile)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.NKeyFile)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.CaFile)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.ClientCertificateFile)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.ClientKeyFile)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.ClientKeyPassword)] = ValueShape.Text,
        [nameof(NatsBrokerOptions.AcceptAnyServerCertificate)] = ValueShape.Boolean,
    });

    public void Configure(NatsBrokerOptions options)
    {
        if (services.GetService<IConfiguration>() is not { } configuration)
        {
            return;
        }

        var section = configuration.GetSection(NatsBrokerOptions.SectionName);
        var problems = new List<string>();
        Shape.Check(section, problems);
        if (problems.Count > 0)
        {
            throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
        }

        section.Bind(options);
        options.ConnectionString ??= AdapterRules.ConnectionStringOf(configuration, services.GetRequiredService<IOptions<JobsOptions>>().Value, "nats");
    }

    /// <summary>What the client needs of the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="shortestLease">A dead server is noticed well inside it.</param>
    /// <exception cref="JobConfigurationException">An option is missing or out of range; the message names its path.</exception>
    public static NatsClientOptions ClientOptionsOf(NatsBrokerOptions options, TimeSpan shortestLease)
    {
        Check(options.SendTimeout >= TimeSpan.FromMilliseconds(100) && options.SendTimeout <= TimeSpan.FromMinutes(2), nameof(options.SendTimeout), "00:00:00.1 to 00:02:00", options.SendTimeout);
        Check(options.Replicas is >= 1 and <= 5, nameof(options.Replicas), "1 to 5", options.Replicas);
        Check(options.DedupeWindow >= TimeSpan.FromMinutes(2) && options.DedupeWindow <= TimeSpan.FromDays(7), nameof(options.DedupeWindow), "00:02:00 to 7.00:00:00", options.DedupeWindow);
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            throw new JobConfigurationException(
                $"Jobs:Broker or Jobs:Store is 'nats', but no server is named. Set {NatsBrokerOptions.SectionName}:{nameof(options.ConnectionString)} or ConnectionStrings:jobs-nats (for a broker, ConnectionStrings:jobs will do), for example to 'nats://localhost:4222'.");
        }

        try
        {
            return Overlay(NatsClientOptions.Parse(options.ConnectionString), options, shortestLease);
        }
        catch (FormatException error)
        {
            throw new JobConfigurationException($"The connection string of NATS ({NatsBrokerOptions.SectionName}:{nameof(options.ConnectionString)}, ConnectionStrings:jobs-nats or ConnectionStrings:jobs) is not valid: {error.Message}", error);
        }
    }

    private static NatsClientOptions Overlay(NatsClientOptions client, NatsBrokerOptions options, TimeSpan shortestLease)
    {
        var deadAfter = TimeSpan.FromSeconds(Math.Clamp(shortestLease.TotalSeconds / 3, 1, client.DeadAfter.TotalSeconds));
        var overlaid = client with
        {
            CredentialsFile = options.CredentialsFile ?? client.CredentialsFile,
            NKeyFile = options.NKeyFile ?? client.NKeyFile,
            TlsCaFile = options.CaFile ?? client.TlsCaFile,
            TlsCertificateFile = options.ClientCertificateFile ?? client.TlsCertificateFile,
            TlsKeyFile = options.ClientKeyFile ?? client.TlsKeyFile,
            TlsKeyPassword = options.ClientKeyPassword ?? client.TlsKeyPassword,
            TlsVerify = client.TlsVerify && !options.AcceptAnyServerCertificate,
            ClientName = client.ClientName ?? "jobs",
            DeadAfter = deadAfter,
            KeepAlive = client.KeepAlive < deadAfter / 2 ? client.KeepAlive : deadAfter / 2,
        };
        if (overlaid is { TlsCertificateFile: null } and ({ TlsKeyFile: not null } or { TlsKeyPassword: not null }))
        {
            throw new JobConfigurationException(
                $"{NatsBrokerOptions.SectionName}:{nameof(options.ClientKeyFile)} or {nameof(options.ClientKeyPassword)} is set, but no certificate that it belongs to: set {NatsBrokerOptions.SectionName}:{nameof(options.ClientCertificateFile)}.");
        }

        return overlaid;
    }

    private static void Check(bool isWithin, string option, string range, object value)
    {
        if (!isWithin)
        {
            throw new JobConfigurationException($"{NatsBrokerOptions.SectionName}:{option} must be {range}, but is {value}.");
        }
    }
}
