using System.Collections.Frozen;

namespace Jobs.Brokers.Sqs;

/// <summary>The queues at SQS of the queues of a namespace.</summary>
/// <param name="prefix">What all names begin with.</param>
/// <param name="fifoQueues">The queues that are FIFO queues at SQS.</param>
internal sealed class SqsNames(string prefix, IEnumerable<string> fifoQueues)
{
    /// <summary>How many levels there are; the highest is 0.</summary>
    public const int Levels = 3;

    /// <summary>The level of <see cref="JobPriority.Normal"/>, whose queue has the plain name.</summary>
    public const int NormalLevel = 1;

    private static readonly string[] LevelSuffixes = ["-high", "", "-low"];

    private readonly FrozenSet<string> _fifoQueues = fifoQueues.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public string Prefix => prefix;

    /// <summary>True if the queue is a FIFO queue at SQS: it has one level, no delays of its own, and ends in <c>.fifo</c>.</summary>
    public bool IsFifo(string queue) => _fifoQueues.Contains(queue);

    /// <summary>Messages of one level, waiting and in hand.</summary>
    public string Queue(string queue, int level) => IsFifo(queue) ? $"{prefix}{queue}.fifo" : $"{prefix}{queue}{LevelSuffixes[level]}";

    /// <summary>Dead letters.</summary>
    public string Dead(string queue) => $"{prefix}{queue}-dlq{(IsFifo(queue) ? ".fifo" : "")}";

    /// <summary>What is due later than SQS can be told. Always a standard queue.</summary>
    public string Delay(string queue) => $"{prefix}{queue}-delay";

    /// <summary>All that a queue has at SQS, or may have.</summary>
    public IEnumerable<string> All(string queue) =>
        Enumerable.Range(0, Levels).Select(level => Queue(queue, level)).Append(Dead(queue)).Append(Delay(queue)).Distinct(StringComparer.Ordinal);

    /// <summary>The level of a priority.</summary>
    public static int LevelOf(JobPriority priority) => JobPriority.High - priority;
}
