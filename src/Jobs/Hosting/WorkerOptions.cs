namespace Jobs.Hosting;

/// <summary>How this process runs jobs: the configuration section <c>Jobs:Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>How many jobs run at once in this process, over all queues. Jobs that wait for others (I/O) bear many times the
    /// number of processors; jobs that compute do not.</summary>
    /// <value>1 to 10,000. Default 16.</value>
    [Within(1, 10_000)]
    public int Concurrency { get; set; } = 16;

    /// <summary>How long running jobs may go on after the host was told to stop. With 5 seconds more it must fit the host's shutdown timeout.</summary>
    /// <value>Zero to 1 day. Default 20 seconds.</value>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>True serves a queue only while those of greater weight have nothing to run; false shares in proportion to the weights.</summary>
    /// <value>Default false.</value>
    public bool Strict { get; set; }

    /// <summary>Names the worker in the broker and in failures; unique per process.</summary>
    /// <value>1 to 128 characters. Default: machine, process id and a random part.</value>
    [Within(1, 128)]
    public string? Name { get; set; }

    /// <summary>The most deliveries of a queue that wait in this process for a free place.</summary>
    /// <value>0 to 10,000. Default 1,000.</value>
    [Within(0, 10_000)]
    public int MaxPrefetch { get; set; } = 1_000;

    /// <summary>The queues that this process consumes.</summary>
    /// <value>Default empty: all that the host knows.</value>
    public IList<string> Queues { get; } = [];
}
