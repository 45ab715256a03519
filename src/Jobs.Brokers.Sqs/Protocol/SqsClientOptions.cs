using System.Text;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Where a client sends its requests, as whom, and how patiently.</summary>
internal sealed record SqsClientOptions
{
    /// <summary>As <c>eu-central-1</c>. Null: what the environment, the profile or the instance says.</summary>
    public string? Region { get; init; }

    /// <summary>Where all requests go, whatever the URL of a queue says. Null: <c>AWS_ENDPOINT_URL_SQS</c>, else <c>AWS_ENDPOINT_URL</c>, else the region's.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>With <see cref="SecretKey"/>. Null: what the environment, the profile, the container or the instance gives, refreshed in time.</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>Of temporary credentials; null for none.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Of the shared configuration files; null for what <c>AWS_PROFILE</c> says, else the default.</summary>
    public string? Profile { get; init; }

    /// <summary>How long an answer may take, on top of what a receive waits.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long making a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a request is sent at most.</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>How many requests may be under way at once; each receive that waits is one. What is above waits for a connection.</summary>
    public int MaxConnections { get; init; } = 64;

    // Secrets must not get into a log by way of the text that a record makes of itself.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(nameof(Region)).Append(" = ").Append(Region).Append(", ").Append(nameof(Endpoint)).Append(" = ").Append(Endpoint);
        return true;
    }
}
