using System.Text;

namespace Jobs.Brokers.Redis;

/// <summary>The keys of one queue. All share a hash tag, so that scripts stay within one slot of a cluster.</summary>
internal sealed class QueueKeys
{
    /// <summary>How many levels there are; <see cref="Streams"/> has a key for each, highest first.</summary>
    public const int Levels = 3;

    private static readonly string[] LevelNames = ["high", "normal", "low"];

    private readonly string _prefix;

    public QueueKeys(string @namespace, string queue)
    {
        Queue = queue;
        _prefix = $"{{{@namespace}:{queue}}}:";
        Streams = Array.ConvertAll(LevelNames, Key);
        Delayed = Key("delayed");
        Bodies = Key("bodies");
        Dead = Key("dead");
        DeadIndex = Key("dead-index");
        Paused = Key("paused");
        Limit = Key("limit");
        DedupePrefix = Key("id:");
    }

    /// <summary>The consumer group of every stream.</summary>
    public static ReadOnlySpan<byte> Group => "workers"u8;

    public string Queue { get; }

    /// <summary>What waits and what is in hand, one stream per level, highest first.</summary>
    public IReadOnlyList<byte[]> Streams { get; }

    /// <summary>What is not yet due: a sorted set of ids by the time they are due.</summary>
    public byte[] Delayed { get; }

    /// <summary>The messages that are not yet due: a hash by id.</summary>
    public byte[] Bodies { get; }

    /// <summary>The dead letters: a stream.</summary>
    public byte[] Dead { get; }

    /// <summary>The entry of each dead letter: a hash by its key.</summary>
    public byte[] DeadIndex { get; }

    /// <summary>There while the queue is paused.</summary>
    public byte[] Paused { get; }

    /// <summary>The most that may wait; absent: any number.</summary>
    public byte[] Limit { get; }

    /// <summary>Before a dedupe id, the key that marks it as seen.</summary>
    public byte[] DedupePrefix { get; }

    /// <summary>The number of the last batch of a producer.</summary>
    public byte[] Producer(string producer) => Key($"producer:{producer}");

    /// <summary>The place of a priority in <see cref="Streams"/>.</summary>
    public static int LevelOf(JobPriority priority) => JobPriority.High - priority;

    private byte[] Key(string name) => Encoding.UTF8.GetBytes(_prefix + name);
}
