namespace Jobs.Soak;

/// <summary>How hard a soak is.</summary>
public sealed record SoakOptions
{
    /// <summary>What carries the jobs: <c>redis</c>, <c>nats</c>, or <c>nats-cluster</c>, which is three with as many replicas; <c>sqs</c>, an emulator,
    /// which is not to be restarted: a service does not, and an enqueue whose answer is lost is its caller's to judge.</summary>
    public string Broker { get; init; } = "redis";

    public int Jobs { get; init; } = 100_000;

    /// <summary>The jobs are enqueued evenly over this: few of them would be done before anybody is killed. Zero: as fast as they are taken.</summary>
    public TimeSpan Spread { get; init; }

    public int Workers { get; init; } = 4;

    /// <summary>How often a worker is killed.</summary>
    public TimeSpan KillPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often, in all, the server is killed and started again.</summary>
    public int ServerRestarts { get; init; } = 3;

    /// <summary>How often that happens.</summary>
    public TimeSpan RestartPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the network adds to each direction.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How many of the requests go wrong: those of SQS only. Any job may run again then.</summary>
    public double FaultRate { get; init; }

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The soak has failed if nothing ends for so long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
