using Jobs.Brokers.Conformance;

namespace Jobs.Brokers.Tests.Nats;

/// <summary>The suite, run on the NATS broker.</summary>
public static class NatsConformance
{
    public sealed class Sending(NatsFixture fixture) : SendingConformance<NatsFixture>(fixture);

    public sealed class Receiving(NatsFixture fixture) : ReceivingConformance<NatsFixture>(fixture);

    public sealed class Settling(NatsFixture fixture) : SettlingConformance<NatsFixture>(fixture);

    public sealed class Expiring(NatsFixture fixture) : ExpiringConformance<NatsFixture>(fixture);

    public sealed class Leasing(NatsFixture fixture) : LeasingConformance<NatsFixture>(fixture);

    public sealed class DeadLettering(NatsFixture fixture) : DeadLetteringConformance<NatsFixture>(fixture);

    public sealed class Replaying(NatsFixture fixture) : ReplayingConformance<NatsFixture>(fixture);

    public sealed class Delaying(NatsFixture fixture) : DelayingConformance<NatsFixture>(fixture);

    public sealed class Prioritizing(NatsFixture fixture) : PrioritizingConformance<NatsFixture>(fixture);

    public sealed class Deduplicating(NatsFixture fixture) : DeduplicatingConformance<NatsFixture>(fixture);

    public sealed class Draining(NatsFixture fixture) : DrainingConformance<NatsFixture>(fixture);

    public sealed class Administering(NatsFixture fixture) : AdministeringConformance<NatsFixture>(fixture);

    public sealed class Starving(NatsFixture fixture) : StarvingConformance<NatsFixture>(fixture);

    public sealed class Connecting(NatsFixture fixture) : ConnectingConformance<NatsFixture>(fixture);

    public sealed class Restarting(NatsFixture fixture) : RestartingConformance<NatsFixture>(fixture);

    public sealed class Working(NatsFixture fixture) : WorkingConformance<NatsFixture>(fixture);

    public sealed class Cutting(NatsFixture fixture) : CuttingConformance<NatsFixture>(fixture);
}
