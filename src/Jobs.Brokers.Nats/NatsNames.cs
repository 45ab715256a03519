namespace Jobs.Brokers.Nats;

/// <summary>The streams and subjects of a namespace. Names of namespaces and queues are letters, digits, <c>-</c> and <c>_</c>, so <c>~</c> and <c>.</c> keep them apart.</summary>
internal sealed class NatsNames(string @namespace)
{
    /// <summary>How many levels there are; the highest is 0.</summary>
    public const int Levels = 3;

    private static readonly string[] LevelNames = ["high", "normal", "low"];

    public string Namespace => @namespace;

    /// <summary>What is not yet due, of all queues; and the copies of retries, deferrals and replays on their way.</summary>
    public string DelayStream => $"{@namespace}~~delay";

    /// <summary>All subjects of <see cref="DelayStream"/>.</summary>
    public string DelaySubjects => $"{@namespace}.delay.>";

    /// <summary>The key-value bucket of what all processes must agree on: which queues are paused.</summary>
    public string ControlBucket => $"{@namespace}-control";

    /// <summary>Where a sender tells, without being heard for certain, that a bucket that is about to be due has messages.</summary>
    public string NudgeSubject(string bucket) => $"{@namespace}.nudge.{bucket}";

    /// <summary>A queue's messages, waiting and in hand.</summary>
    public string QueueStream(string queue) => $"{@namespace}~{queue}";

    /// <summary>All subjects of <see cref="QueueStream"/>.</summary>
    public string QueueSubjects(string queue) => $"{@namespace}.queue.{queue}.*";

    /// <summary>The subject of one level.</summary>
    public string QueueSubject(string queue, int level) => $"{@namespace}.queue.{queue}.{LevelNames[level]}";

    /// <summary>The subjects of a queue, one for each level, highest first.</summary>
    public string[] LevelSubjects(string queue) => Array.ConvertAll(LevelNames, level => $"{@namespace}.queue.{queue}.{level}");

    /// <summary>The consumer of one level.</summary>
    public static string Consumer(int level) => LevelNames[level];

    /// <summary>A queue's dead letters, one per subject.</summary>
    public string DeadStream(string queue) => $"{@namespace}~{queue}~dead";

    /// <summary>All subjects of <see cref="DeadStream"/>.</summary>
    public string DeadSubjects(string queue) => $"{@namespace}.dead.{queue}.*";

    /// <summary>The subject of one dead letter.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="key">Its key; anything that a subject cannot hold is hashed.</param>
    public string DeadSubject(string queue, string key) => $"{@namespace}.dead.{queue}.{SafeText.Of(key)}";

    /// <summary>The subject of what is not yet due.</summary>
    public string DelaySubject(string bucket, string queue, int level) => $"{@namespace}.delay.{bucket}.{queue}.{LevelNames[level]}";

    /// <summary>The delayed messages of one queue, in all buckets.</summary>
    public string DelaySubjectsOfQueue(string queue) => $"{@namespace}.delay.*.{queue}.*";

    /// <summary>The delayed messages of one bucket, of all queues.</summary>
    public string DelaySubjectsOfBucket(string bucket) => $"{@namespace}.delay.{bucket}.>";

    /// <summary>The consumer of one bucket of <see cref="DelayStream"/>.</summary>
    public static string BucketConsumer(string bucket) => $"bucket-{bucket}";

    /// <summary>Where it is written that a queue is paused, or no longer.</summary>
    public string PausedSubject(string queue) => $"$KV.{ControlBucket}.{PausedKey(queue)}";

    /// <summary>The key of a paused queue in <see cref="ControlBucket"/>.</summary>
    public static string PausedKey(string queue) => $"paused.{queue}";

    /// <summary>The level of a priority.</summary>
    public static int LevelOf(JobPriority priority) => JobPriority.High - priority;

    /// <summary>The priority of a level.</summary>
    public static JobPriority PriorityOf(int level) => (JobPriority)((int)JobPriority.High - level);

    /// <summary>The level that the last part of a subject names; -1 for none.</summary>
    public static int LevelOf(ReadOnlySpan<byte> subject)
    {
        for (var level = 0; level < Levels; level++)
        {
            var name = LevelNames[level];
            var tail = subject[Math.Max(0, subject.Length - name.Length)..];
            if (subject.Length > name.Length && subject[^(name.Length + 1)] == '.' && System.Text.Ascii.Equals(tail, name))
            {
                return level;
            }
        }

        return -1;
    }
}
