using Jobs.Brokers;

namespace Jobs.Hosting;

/// <summary>The settings of one queue: the configuration section <c>Jobs:Queues:{name}</c>.</summary>
public sealed class QueueOptions
{
    /// <summary>The queue's share of the worker, in proportion to the other queues' weights.</summary>
    /// <value>1 to 1,000. Default 1.</value>
    [Within(1, 1_000)]
    public int Weight { get; set; } = 1;

    /// <summary>How many jobs of the queue run at once in this process.</summary>
    /// <value>1 to 10,000. Default null: as many as the worker runs.</value>
    [Within(1, 10_000)]
    public int? Concurrency { get; set; }

    /// <summary>How long a job belongs to its worker unless renewed, and so how soon it comes back when the worker dies.</summary>
    /// <value>1 second to 12 hours. Default 30 seconds.</value>
    [Within("00:00:01", "12:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most waiting jobs; beyond it enqueueing is refused, retries never are.</summary>
    /// <value>At least 1. Default null: no limit.</value>
    [Within(1, long.MaxValue)]
    public long? MaxLength { get; set; }

    /// <summary>What a producer meets at <see cref="MaxLength"/>: a refusal, or a wait for room that its token ends.</summary>
    /// <value>Default <see cref="QueueFullMode.Reject"/>.</value>
    public QueueFullMode WhenFull { get; set; }

    /// <summary>The levels of the queue, highest first. Each level may cost a queue of its own at the broker.</summary>
    /// <value>Default empty: the levels of the queue's jobs, and <see cref="JobPriority.Normal"/>.</value>
    public IList<JobPriority> Priorities { get; } = [];
}
