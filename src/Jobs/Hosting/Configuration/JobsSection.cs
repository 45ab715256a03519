using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Schedules;
using Microsoft.Extensions.Configuration;

namespace Jobs.Hosting.Configuration;

/// <summary>The shape of the configuration section <c>Jobs</c>: every member of the options classes, which a test holds against them.</summary>
internal static class JobsSection
{
    // Adapters check their own sections. A section of one that this host does not use is no mistake: hosts share files.
    private static readonly string[] AdapterSections = ["Nats", "Redis", "Sqs"];

    private static readonly ValueShape Priority = ValueShape.Name<JobPriority>();

    public static readonly ObjectShape Worker = new(new Dictionary<string, SectionShape?>
    {
        [nameof(WorkerOptions.Concurrency)] = ValueShape.Int,
        [nameof(WorkerOptions.DrainTimeout)] = ValueShape.Duration,
        [nameof(WorkerOptions.Strict)] = ValueShape.Boolean,
        [nameof(WorkerOptions.Name)] = ValueShape.Text,
        [nameof(WorkerOptions.MaxPrefetch)] = ValueShape.Int,
        [nameof(WorkerOptions.Queues)] = new EachShape(ValueShape.Text, "a list of queues"),
    });

    public static readonly ObjectShape Queue = new(new Dictionary<string, SectionShape?>
    {
        [nameof(QueueOptions.Weight)] = ValueShape.Int,
        [nameof(QueueOptions.Concurrency)] = ValueShape.Int,
        [nameof(QueueOptions.Lease)] = ValueShape.Duration,
        [nameof(QueueOptions.MaxLength)] = ValueShape.Whole,
        [nameof(QueueOptions.WhenFull)] = ValueShape.Name<QueueFullMode>(),
        [nameof(QueueOptions.Priorities)] = new EachShape(Priority, "a list of priorities"),
    });

    public static readonly ObjectShape Defaults = new(new Dictionary<string, SectionShape?>
    {
        [nameof(JobDefaultOptions.MaxAttempts)] = ValueShape.Int,
        [nameof(JobDefaultOptions.MaxCrashes)] = ValueShape.Int,
        [nameof(JobDefaultOptions.Backoff)] = ValueShape.Duration,
        [nameof(JobDefaultOptions.MaxBackoff)] = ValueShape.Duration,
        [nameof(JobDefaultOptions.Timeout)] = ValueShape.Duration,
        [nameof(JobDefaultOptions.HardTimeoutGrace)] = ValueShape.Duration,
        [nameof(JobDefaultOptions.Priority)] = Priority,
    });

    public static readonly ObjectShape Override = new(new Dictionary<string, SectionShape?>
    {
        [nameof(JobOverrideOptions.Queue)] = ValueShape.Text,
        [nameof(JobOverrideOptions.MaxAttempts)] = ValueShape.Int,
        [nameof(JobOverrideOptions.MaxCrashes)] = ValueShape.Int,
        [nameof(JobOverrideOptions.Backoff)] = ValueShape.Duration,
        [nameof(JobOverrideOptions.MaxBackoff)] = ValueShape.Duration,
        [nameof(JobOverrideOptions.Timeout)] = ValueShape.Duration,
        [nameof(JobOverrideOptions.HardTimeoutGrace)] = ValueShape.Duration,
        [nameof(JobOverrideOptions.ConcurrencyLimit)] = ValueShape.Int,
        [nameof(JobOverrideOptions.Priority)] = Priority,
        [nameof(JobOverrideOptions.BatchSize)] = ValueShape.Int,
        [nameof(JobOverrideOptions.BatchWindow)] = ValueShape.Duration,
    });

    public static readonly ObjectShape Schedule = new(new Dictionary<string, SectionShape?>
    {
        [nameof(ScheduleOptions.Job)] = ValueShape.Text,
        [nameof(ScheduleOptions.Cron)] = ValueShape.Text,
        [nameof(ScheduleOptions.Every)] = ValueShape.Duration,
        [nameof(ScheduleOptions.TimeZone)] = ValueShape.Text,
        [nameof(ScheduleOptions.Args)] = ValueShape.Text,
        [nameof(ScheduleOptions.Misfire)] = ValueShape.Name<MisfirePolicy>(),
        [nameof(ScheduleOptions.MaxMisfires)] = ValueShape.Int,
        [nameof(ScheduleOptions.Overlap)] = ValueShape.Name<OverlapPolicy>(),
        [nameof(ScheduleOptions.Jitter)] = ValueShape.Duration,
        [nameof(ScheduleOptions.Enabled)] = ValueShape.Boolean,
    });

    public static readonly ObjectShape Health = new(new Dictionary<string, SectionShape?>
    {
        [nameof(HealthOptions.MaxDepth)] = ValueShape.Whole,
        [nameof(HealthOptions.MaxDeadLetters)] = ValueShape.Whole,
        [nameof(HealthOptions.MaxErrorPercent)] = ValueShape.Int,
        [nameof(HealthOptions.ExpectedPerMinute)] = ValueShape.Whole,
        [nameof(HealthOptions.MaxReceiveAge)] = ValueShape.Duration,
    });

    public static readonly ObjectShape Status = new(new Dictionary<string, SectionShape?>
    {
        [nameof(StatusOptions.Enabled)] = ValueShape.Boolean,
        [nameof(StatusOptions.Retention)] = ValueShape.Duration,
        [nameof(StatusOptions.KeepSucceeded)] = ValueShape.Int,
        [nameof(StatusOptions.KeepFailed)] = ValueShape.Int,
    });

    public static readonly ObjectShape Keys = new(new Dictionary<string, SectionShape?>
    {
        [nameof(KeyOptions.Retention)] = ValueShape.Duration,
    });

    public static readonly ObjectShape Memory = new(new Dictionary<string, SectionShape?>
    {
        [nameof(MemoryBrokerOptions.MaxDeadLetters)] = ValueShape.Int,
        [nameof(MemoryBrokerOptions.MaxDocumentBytes)] = ValueShape.Int,
        [nameof(MemoryBrokerOptions.DedupeWindow)] = ValueShape.Duration,
    });

    /// <summary>The shape of the whole section, without those of adapters.</summary>
    public static readonly IReadOnlyDictionary<string, SectionShape?> Members = new Dictionary<string, SectionShape?>
    {
        [nameof(JobsOptions.Broker)] = ValueShape.Text,
        [nameof(JobsOptions.Store)] = ValueShape.Text,
        [nameof(JobsOptions.Namespace)] = ValueShape.Text,
        [nameof(JobsOptions.Provision)] = ValueShape.Name<ProvisionMode>(),
        [nameof(JobsOptions.UnknownJobGrace)] = ValueShape.Duration,
        [nameof(JobsOptions.ResultRetention)] = ValueShape.Duration,
        [nameof(JobsOptions.CheckpointRetention)] = ValueShape.Duration,
        [nameof(JobsOptions.Status)] = Status,
        [nameof(JobsOptions.Keys)] = Keys,
        [nameof(JobsOptions.Worker)] = Worker,
        [nameof(JobsOptions.Defaults)] = Defaults,
        [nameof(JobsOptions.Health)] = Health,
        [nameof(JobsOptions.Memory)] = Memory,
        [nameof(JobsOptions.Queues)] = new EachShape(Queue, "a section of queues by name"),
        [nameof(JobsOptions.Overrides)] = new EachShape(Override, "a section of jobs by name"),
        [nameof(JobsOptions.Schedules)] = new EachShape(Schedule, "a section of schedules by name"),
        [nameof(JobsOptions.FailureRules)] = new EachShape(ValueShape.Name<FailureStrategy>(), "a section of strategies by exception type"),
    };

    /// <summary>Everything wrong in a section, each with its path.</summary>
    public static IReadOnlyList<string> Check(IConfigurationSection section, JobsRegistry registry)
    {
        var members = new Dictionary<string, SectionShape?>(Members, StringComparer.OrdinalIgnoreCase);
        foreach (var adapter in AdapterSections.Concat(registry.Brokers.Keys).Concat(registry.Stores.Keys))
        {
            members.TryAdd(adapter, null);
        }

        var problems = new List<string>();
        new ObjectShape(members).Check(section, problems);
        return problems;
    }
}
