using Jobs.Brokers.Conformance;

namespace Jobs.Brokers.Tests.Sqs;

/// <summary>The suite, run on the SQS broker.</summary>
public static class SqsConformance
{
    public sealed class Sending(SqsFixture fixture) : SendingConformance<SqsFixture>(fixture);

    public sealed class Receiving(SqsFixture fixture) : ReceivingConformance<SqsFixture>(fixture);

    public sealed class Settling(SqsFixture fixture) : SettlingConformance<SqsFixture>(fixture);

    public sealed class Expiring(SqsFixture fixture) : ExpiringConformance<SqsFixture>(fixture);

    public sealed class Leasing(SqsFixture fixture) : LeasingConformance<SqsFixture>(fixture);

    public sealed class DeadLettering(SqsFixture fixture) : DeadLetteringConformance<SqsFixture>(fixture);

    public sealed class Replaying(SqsFixture fixture) : ReplayingConformance<SqsFixture>(fixture);

    public sealed class Delaying(SqsFixture fixture) : DelayingConformance<SqsFixture>(fixture);

    public sealed class Prioritizing(SqsFixture fixture) : PrioritizingConformance<SqsFixture>(fixture);

    public sealed class Deduplicating(SqsFixture fixture) : DeduplicatingConformance<SqsFixture>(fixture);

    public sealed class Draining(SqsFixture fixture) : DrainingConformance<SqsFixture>(fixture);

    public sealed class Administering(SqsFixture fixture) : AdministeringConformance<SqsFixture>(fixture);

    public sealed class Starving(SqsFixture fixture) : StarvingConformance<SqsFixture>(fixture);

    public sealed class Connecting(SqsFixture fixture) : ConnectingConformance<SqsFixture>(fixture);

    public sealed class Restarting(SqsFixture fixture) : RestartingConformance<SqsFixture>(fixture);

    public sealed class Working(SqsFixture fixture) : WorkingConformance<SqsFixture>(fixture);

    public sealed class Cutting(SqsFixture fixture) : CuttingConformance<SqsFixture>(fixture);
}
