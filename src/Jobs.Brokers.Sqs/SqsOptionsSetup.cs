using System.Buffers;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Brokers.Sqs;

/// <summary>Binds the options to the configuration section <c>Jobs:Sqs</c>, and checks them once the broker is picked.</summary>
internal sealed class SqsOptionsSetup(IServiceProvider services) : IConfigureOptions<SqsBrokerOptions>
{
    // Sends, deletes, renewals and looks at queues, beside the receives that wait.
    private const int ConnectionsBesideReceives = 40;

    /// <summary>Every member of the section, which a test holds against the options.</summary>
    public static readonly ObjectShape Shape = new(new Dictionary<string, SectionShape?>
    {
        [nameof(SqsBrokerOptions.ConnectionString)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.Region)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.ServiceUrl)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.AccessKey)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.SecretKey)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.SessionToken)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.Profile)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.QueuePrefix)] = ValueShape.Text,
        [nameof(SqsBrokerOptions.SendTimeout)] = ValueShape.Duration,
        [nameof(SqsBrokerOptions.ReceiveWait)] = ValueShape.Duration,
        [nameof(SqsBrokerOptions.MaxReceives)] = ValueShape.Int,
        [nameof(SqsBrokerOptions.DeleteLinger)] = ValueShape.Duration,
        [nameof(SqsBrokerOptions.PauseCheck)] = ValueShape.Duration,
        [nameof(SqsBrokerOptions.MaxReceiveCount)] = ValueShape.Int,
        [nameof(SqsBrokerOptions.FifoQueues)] = new EachShape(ValueShape.Text, "a list of queues"),
        [nameof(SqsBrokerOptions.FairQueues)] = ValueShape.Boolean,
    });

    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public void Configure(SqsBrokerOptions options)
    {
        if (services.GetService<IConfiguration>() is not { } configuration)
        {
            return;
        }

        var section = configuration.GetSection(SqsBrokerOptions.SectionName);
        var problems = new List<string>();
        Shape.Check(section, problems);
        if (problems.Count > 0)
        {
            throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
        }

        section.Bind(options);
        options.ConnectionString ??= configuration.GetConnectionString("jobs-sqs") ?? configuration.GetConnectionString("jobs");
    }

    /// <summary>What the client needs of the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="queues">How many queues are configured: each may have receives that wait.</param>
    /// <exception cref="JobConfigurationException">An option is out of range; the message names its path.</exception>
    public static SqsClientOptions ClientOptionsOf(SqsBrokerOptions options, int queues)
    {
        Check(options.SendTimeout >= TimeSpan.FromMilliseconds(100) && options.SendTimeout <= TimeSpan.FromMinutes(10), nameof(options.SendTimeout), "00:00:00.1 to 00:10:00", options.SendTimeout);
        Check(
            options.ReceiveWait >= TimeSpan.FromSeconds(1) && options.ReceiveWait <= TimeSpan.FromSeconds(SqsLimits.MaxWaitSeconds) && options.ReceiveWait.Ticks % TimeSpan.TicksPerSecond == 0,
            nameof(options.ReceiveWait), "whole seconds, 00:00:01 to 00:00:20", options.ReceiveWait);
        Check(options.MaxReceives is >= 1 and <= 100, nameof(options.MaxReceives), "1 to 100", options.MaxReceives);
        Check(options.DeleteLinger >= TimeSpan.Zero && options.DeleteLinger <= TimeSpan.FromSeconds(1), nameof(options.DeleteLinger), "00:00:00 to 00:00:01", options.DeleteLinger);
        Check(options.PauseCheck >= TimeSpan.FromMilliseconds(100) && options.PauseCheck <= TimeSpan.FromHours(1), nameof(options.PauseCheck), "00:00:00.1 to 01:00:00", options.PauseCheck);
        Check(options.MaxReceiveCount is >= 10 and <= 1_000, nameof(options.MaxReceiveCount), "10 to 1,000", options.MaxReceiveCount);
        Check(options.QueuePrefix is null || !options.QueuePrefix.AsSpan().ContainsAnyExcept(PrefixCharacters), nameof(options.QueuePrefix), "letters, digits, '-' and '_' only", options.QueuePrefix ?? "");
        Check((options.AccessKey is null) == (options.SecretKey is null), nameof(options.AccessKey), $"set together with {SqsBrokerOptions.SectionName}:{nameof(options.SecretKey)}, or neither of them", options.AccessKey is null ? "null" : "set alone");
        Check(options.SessionToken is null || options.AccessKey is not null, nameof(options.SessionToken), $"set together with {SqsBrokerOptions.SectionName}:{nameof(options.AccessKey)}", "set alone");
        var endpoint = EndpointOf(options.ServiceUrl);
        var text = SqsConnectionString.Parse(options.ConnectionString);
        return new SqsClientOptions
        {
            Region = options.Region ?? text.Region,
            Endpoint = endpoint ?? text.Endpoint,
            AccessKey = options.AccessKey ?? text.AccessKey,
            SecretKey = options.SecretKey ?? text.SecretKey,
            SessionToken = options.SessionToken,
            Profile = options.Profile,
            MaxConnections = ConnectionsBesideReceives + (options.MaxReceives * Math.Max(2, queues + 1)),
        };
    }

    private static Uri? EndpointOf(string? url)
    {
        if (url is null)
        {
            return null;
        }

        var isUrl = Uri.TryCreate(url, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https";
        Check(isUrl, nameof(SqsBrokerOptions.ServiceUrl), "an absolute URL such as 'https://vpce-….sqs.eu-central-1.vpce.amazonaws.com' or 'http://localhost:4566'", url);
        return endpoint;
    }

    private static void Check(bool isWithin, string option, string range, object value)
    {
        if (!isWithin)
        {
            throw new JobConfigurationException($"{SqsBrokerOptions.SectionName}:{option} must be {range}, but is {value}.");
        }
    }
}
