using Jobs.Brokers.Conformance;

namespace Jobs.Brokers.Tests.Sqs;

/// <summary>The suite, run on FIFO queues of SQS.</summary>
public static class SqsFifoConformance
{
    public sealed class Sending(SqsFifoFixture fixture) : SendingConformance<SqsFifoFixture>(fixture);

    public sealed class Receiving(SqsFifoFixture fixture) : ReceivingConformance<SqsFifoFixture>(fixture);

    public sealed class Settling(SqsFifoFixture fixture) : SettlingConformance<SqsFifoFixture>(fixture);

    public sealed class Expiring(SqsFifoFixture fixture) : ExpiringConformance<SqsFifoFixture>(fixture);

    public sealed class Leasing(SqsFifoFixture fixture) : LeasingConformance<SqsFifoFixture>(fixture);

    public sealed class DeadLettering(SqsFifoFixture fixture) : DeadLetteringConformance<SqsFifoFixture>(fixture);

    public sealed class Replaying(SqsFifoFixture fixture) : ReplayingConformance<SqsFifoFixture>(fixture);

    public sealed class Delaying(SqsFifoFixture fixture) : DelayingConformance<SqsFifoFixture>(fixture);

    public sealed class Prioritizing(SqsFifoFixture fixture) : PrioritizingConformance<SqsFifoFixture>(fixture);

    public sealed class Deduplicating(SqsFifoFixture fixture) : DeduplicatingConformance<SqsFifoFixture>(fixture);

    public sealed class Draining(SqsFifoFixture fixture) : DrainingConformance<SqsFifoFixture>(fixture);

    public sealed class Administering(SqsFifoFixture fixture) : AdministeringConformance<SqsFifoFixture>(fixture);

    public sealed class Starving(SqsFifoFixture fixture) : StarvingConformance<SqsFifoFixture>(fixture);

    public sealed class Connecting(SqsFifoFixture fixture) : ConnectingConformance<SqsFifoFixture>(fixture);

    public sealed class Restarting(SqsFifoFixture fixture) : RestartingConformance<SqsFifoFixture>(fixture);

    public sealed class Working(SqsFifoFixture fixture) : WorkingConformance<SqsFifoFixture>(fixture);

    public sealed class Cutting(SqsFifoFixture fixture) : CuttingConformance<SqsFifoFixture>(fixture);
}
