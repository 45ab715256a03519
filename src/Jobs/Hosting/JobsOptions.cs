using Jobs.Brokers;
using Jobs.Hosting.Configuration;
using Jobs.Memory;
using Jobs.Schedules;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>How Jobs behaves in this host: the configuration section <c>Jobs</c>, then the code of <c>Configure</c>.</summary>
/// <remarks>Read once, when the host starts. Keys of the dictionaries compare without case and stand for the declared name.</remarks>
public sealed class JobsOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Jobs";

    /// <summary>The broker that carries the jobs, by the name that it was added with.</summary>
    /// <value>Default <c>memory</c>.</value>
    [Name]
    public string Broker { get; set; } = "memory";

    /// <summary>The store that keeps status, results and other shared state, by the name that it was added with.</summary>
    /// <value>Default null: the one that comes with the broker, if it brings one. One on another server needs a connection string of its own.</value>
    public string? Store { get; set; }

    /// <summary>Keeps applications on one server apart: the prefix of everything they create there.</summary>
    /// <value>Letters, digits, <c>-</c>, <c>_</c>; 1 to 64 characters. Default <c>jobs</c>.</value>
    [Name]
    public string Namespace { get; set; } = "jobs";

    /// <summary>What the host may do to the broker's queues when it starts.</summary>
    /// <value>Default <see cref="ProvisionMode.CreateIfMissing"/>.</value>
    public ProvisionMode Provision { get; set; }

    /// <summary>How long a job with a name or version that this worker does not know is deferred before it is dead-lettered: the length of a rolling deploy.</summary>
    /// <value>Zero to 30 days. Default 10 minutes.</value>
    [Within("00:00:00", "30.00:00:00")]
    public TimeSpan UnknownJobGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the outcome of a job is kept in the store.</summary>
    /// <value>1 second to 365 days. Default 1 hour.</value>
    [Within("00:00:01", "365.00:00:00")]
    public TimeSpan ResultRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the checkpoint of a job is kept after it was saved, not counting the time that a retry waits.</summary>
    /// <value>1 minute to 365 days. Default 7 days.</value>
    [Within("00:01:00", "365.00:00:00")]
    public TimeSpan CheckpointRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Whether each job has a record in the store.</summary>
    [ValidateObjectMembers(typeof(StatusValidator))]
    public StatusOptions Status { get; set; } = new();

    /// <summary>How long unique keys are held.</summary>
    [ValidateObjectMembers(typeof(KeyValidator))]
    public KeyOptions Keys { get; set; } = new();

    /// <summary>How this process runs jobs, if it does.</summary>
    [ValidateObjectMembers(typeof(WorkerValidator))]
    public WorkerOptions Worker { get; set; } = new();

    /// <summary>What applies to jobs that say nothing themselves.</summary>
    [ValidateObjectMembers(typeof(JobDefaultsValidator))]
    public JobDefaultOptions Defaults { get; set; } = new();

    /// <summary>When the health check calls this host degraded.</summary>
    [ValidateObjectMembers(typeof(HealthValidator))]
    public HealthOptions Health { get; set; } = new();

    /// <summary>How the memory broker behaves, if it carries the jobs.</summary>
    public MemoryBrokerOptions Memory { get; set; } = new();

    /// <summary>Settings of queues, by name.</summary>
    public Dictionary<string, QueueOptions> Queues { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Settings of jobs that win over their attributes, by job name.</summary>
    public Dictionary<string, JobOverrideOptions> Overrides { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Settings of schedules that win over their attributes, and schedules of their own, by name.</summary>
    public Dictionary<string, ScheduleOptions> Schedules { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What failures mean, by the full name of the exception type; derived types are included. Asked after the rules in code.</summary>
    public Dictionary<string, FailureStrategy> FailureRules { get; } = new(StringComparer.OrdinalIgnoreCase);
}
