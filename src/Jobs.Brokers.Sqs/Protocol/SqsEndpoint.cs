using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Where requests go, and what region they are signed for.</summary>
internal sealed record SqsEndpoint(Uri Address, string Region)
{
    private const string FallbackRegion = "us-east-1";

    /// <summary>The value of the header <c>Host</c>.</summary>
    public string Host { get; } = Address.IsDefaultPort ? Address.IdnHost : $"{(Address.HostNameType == UriHostNameType.IPv6 ? Address.Host : Address.IdnHost)}:{Address.Port}";

    /// <summary>Finds out. May ask the metadata service of the machine, and wait for it.</summary>
    /// <param name="options">Win over all else.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="JobConfigurationException">No region is known, or an endpoint is no address.</exception>
    public static SqsEndpoint Resolve(SqsClientOptions options, Func<string, string?> environment)
    {
        var address = options.Endpoint is { } configured ? Check(configured, "Jobs:Sqs:Endpoint") : FromEnvironment(environment);
        var region = options.Region ?? RegionOf(options.Profile) ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: address is null)?.SystemName;
        if (address is not null)
        {
            return new SqsEndpoint(address, region ?? RegionIn(address.IdnHost) ?? FallbackRegion);
        }

        if (region is null)
        {
            throw new JobConfigurationException("No AWS region is known. Set Jobs:Sqs:Region or AWS_REGION, for example to 'eu-central-1'.");
        }

        return Uri.TryCreate($"https://sqs.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}/", UriKind.Absolute, out var regional)
            ? new SqsEndpoint(regional, region)
            : throw new JobConfigurationException($"'{region}' is no AWS region. Set Jobs:Sqs:Region or AWS_REGION, for example to 'eu-central-1'.");
    }

    private static Uri? FromEnvironment(Func<string, string?> environment)
    {
        if (string.Equals(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        foreach (var variable in (ReadOnlySpan<string>)["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"])
        {
            if (environment(variable) is { Length: > 0 } value)
            {
                return Uri.TryCreate(value, UriKind.Absolute, out var address) ? Check(address, variable) : throw NoAddress(variable, value);
            }
        }

        return null;
    }

    private static Uri Check(Uri address, string source) =>
        address is { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", AbsolutePath: "/" } ? address : throw NoAddress(source, address.OriginalString);

    private static JobConfigurationException NoAddress(string source, string value) =>
        new($"{source} is '{value}'; it must be 'http://host:port' or 'https://host:port', without a path.");

    private static string? RegionOf(string? profile) =>
        profile is not null && new CredentialProfileStoreChain().TryGetProfile(profile, out var found) ? found.Region?.SystemName : null;

    // vpce-….sqs.eu-central-1.vpce.amazonaws.com, sqs.eu-central-1.amazonaws.com
    private static string? RegionIn(string host)
    {
        var parts = host.Split('.');
        var place = Array.IndexOf(parts, "sqs");
        return host.Contains("amazonaws.", StringComparison.Ordinal) && place >= 0 && place + 1 < parts.Length ? parts[place + 1] : null;
    }
}
