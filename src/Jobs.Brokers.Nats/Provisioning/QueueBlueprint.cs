using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Provisioning;

/// <summary>What the streams and consumers of a namespace have to be like.</summary>
internal sealed class QueueBlueprint(NatsNames names, NatsBrokerOptions options)
{
    private const int MostInHand = 65_536;

    // What is recognised for less may come twice: copies that a crashed worker sent are sent again when its lease has ended.
    private static readonly TimeSpan DelayWindow = TimeSpan.FromHours(1);

    /// <summary>What is not yet due, of all queues. No limit may refuse it.</summary>
    public StreamConfig Delay { get; } = new()
    {
        Name = names.DelayStream,
        Subjects = [names.DelaySubjects],
        Retention = StreamRetention.WorkQueue,
        DiscardsNew = true,
        Replicas = options.Replicas,
        DuplicateWindow = options.DedupeWindow > DelayWindow ? options.DedupeWindow : DelayWindow,
        AllowsDirect = true,
    };

    /// <summary>A queue's messages.</summary>
    public StreamConfig Queue(QueueTopology queue) => new()
    {
        Name = names.QueueStream(queue.Name),
        Subjects = [names.QueueSubjects(queue.Name)],
        Retention = StreamRetention.WorkQueue,
        DiscardsNew = true,
        MaxMessages = queue.MaxLength ?? -1,
        Replicas = options.Replicas,
        DuplicateWindow = options.DedupeWindow > 2 * queue.Lease ? options.DedupeWindow : 2 * queue.Lease,
        AllowsDirect = true,
    };

    /// <summary>A queue's dead letters.</summary>
    public StreamConfig Dead(QueueTopology queue) => new()
    {
        Name = names.DeadStream(queue.Name),
        Subjects = [names.DeadSubjects(queue.Name)],
        MaxMessagesPerSubject = 1,
        MayAge = true,
        Replicas = options.Replicas,
        AllowsDirect = true,
    };

    /// <summary>The consumer of one level. A limit of deliveries or a list of pauses would make JetStream keep messages that nobody gets.</summary>
    public ConsumerConfig Consumer(QueueTopology queue, JobPriority priority) => new()
    {
        Name = NatsNames.Consumer(NatsNames.LevelOf(priority)),
        FilterSubject = names.QueueSubject(queue.Name, NatsNames.LevelOf(priority)),
        AckWait = queue.Lease,
        MaxAckPending = MostInHand,
    };
}
