namespace Jobs.Brokers.Nats;

/// <summary>Settings of the NATS broker: the configuration section <c>Jobs:Nats</c>.</summary>
/// <remarks>Read once, when the broker is made.</remarks>
public sealed class NatsBrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Jobs:Nats";

    /// <summary>How long an enqueue waits for a server that is away before its caller is told.</summary>
    /// <value>100 milliseconds to 2 minutes. Default 10 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many servers of the cluster keep each stream.</summary>
    /// <value>1 to 5; odd numbers are sensible. Default 1.</value>
    public int Replicas { get; set; } = 1;
}
