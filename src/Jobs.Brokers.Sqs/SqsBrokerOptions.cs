namespace Jobs.Brokers.Sqs;

/// <summary>Settings of the SQS broker: the configuration section <c>Jobs:Sqs</c>.</summary>
/// <remarks>Read once, when the broker is made. Credentials and region come from the environment, the shared profile, the container or the instance
/// unless they are set here, as with every program that uses AWS.</remarks>
public sealed class SqsBrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Jobs:Sqs";

    /// <summary>Where SQS is, in one text: <c>sqs://eu-central-1</c>, or the URL of an emulator or a VPC endpoint,
    /// <c>http://key:secret@localhost:4566?region=us-east-1</c>. What is set beside it wins.</summary>
    /// <value>Default null: <c>ConnectionStrings:jobs-sqs</c>, else <c>ConnectionStrings:jobs</c>, else what the environment says.</value>
    public string? ConnectionString { get; set; }

    /// <summary>The region, as <c>eu-central-1</c>.</summary>
    /// <value>Default null: what the environment, the profile or the instance says.</value>
    public string? Region { get; set; }

    /// <summary>Where all requests go instead of to the region's endpoint: an emulator, or a VPC endpoint.</summary>
    /// <value>An absolute URL. Default null: <c>AWS_ENDPOINT_URL_SQS</c>, else <c>AWS_ENDPOINT_URL</c>, else the region's.</value>
    public string? ServiceUrl { get; set; }

    /// <summary>The access key, with <see cref="SecretKey"/>. Prefer roles: a key in configuration does not rotate.</summary>
    /// <value>Default null: what the environment, the profile, the container or the instance gives.</value>
    public string? AccessKey { get; set; }

    /// <summary>The secret of <see cref="AccessKey"/>.</summary>
    /// <value>Default null.</value>
    public string? SecretKey { get; set; }

    /// <summary>The token of temporary credentials.</summary>
    /// <value>Default null: none.</value>
    public string? SessionToken { get; set; }

    /// <summary>The profile of the shared configuration files.</summary>
    /// <value>Default null: what <c>AWS_PROFILE</c> says, else the default one.</value>
    public string? Profile { get; set; }

    /// <summary>What the names of all queues begin with.</summary>
    /// <value>Letters, digits, <c>-</c>, <c>_</c>. Default null: <c>Jobs:Namespace</c> and a <c>-</c>.</value>
    public string? QueuePrefix { get; set; }

    /// <summary>How long an enqueue waits for a service that does not answer before its caller is told.</summary>
    /// <value>100 milliseconds to 10 minutes. Default 10 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long SQS holds a receive that finds nothing. Each receive costs a request: shorter waits cost more, and no job comes sooner.</summary>
    /// <value>Whole seconds, 1 to 20. Default 20 seconds.</value>
    public TimeSpan ReceiveWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How many receives of one queue may be under way at once in this process. They become more while each brings ten messages, and fewer again.</summary>
    /// <value>1 to 100. Default 16.</value>
    public int MaxReceives { get; set; } = 16;

    /// <summary>How long the end of a job may wait for others to be deleted with it, ten in a request.</summary>
    /// <value>0 to 1 second. Default 20 milliseconds.</value>
    public TimeSpan DeleteLinger { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often a worker looks whether its queue is paused, which costs a request.</summary>
    /// <value>100 milliseconds to 1 hour. Default 30 seconds.</value>
    public TimeSpan PauseCheck { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often SQS hands out one copy of a message before it puts it into the dead-letter queue by itself: the net for what no worker
    /// survives to report. Must be well above <c>MaxCrashes</c>.</summary>
    /// <value>10 to 1,000. Default 50.</value>
    public int MaxReceiveCount { get; set; } = 50;

    /// <summary>Queues of Jobs that are FIFO queues at SQS: jobs with the same partition run one after the other, and ids are recognised for 5 minutes.</summary>
    /// <value>Names of queues. Default empty.</value>
    public IList<string> FifoQueues { get; } = [];

    /// <summary>True tells SQS the tenant of each job, so that one that floods a queue does not hold up the others (fair queues). Costs more per request.</summary>
    /// <value>Default false.</value>
    public bool FairQueues { get; set; }
}
