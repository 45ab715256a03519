using Jobs.Brokers.Conformance;

namespace Jobs.Brokers.Tests.Memory;

/// <summary>The suite, run on the memory broker.</summary>
public static class MemoryConformance
{
    public sealed class Sending(MemoryFixture fixture) : SendingConformance<MemoryFixture>(fixture);

    public sealed class Receiving(MemoryFixture fixture) : ReceivingConformance<MemoryFixture>(fixture);

    public sealed class Settling(MemoryFixture fixture) : SettlingConformance<MemoryFixture>(fixture);

    public sealed class Expiring(MemoryFixture fixture) : ExpiringConformance<MemoryFixture>(fixture);

    public sealed class Leasing(MemoryFixture fixture) : LeasingConformance<MemoryFixture>(fixture);

    public sealed class DeadLettering(MemoryFixture fixture) : DeadLetteringConformance<MemoryFixture>(fixture);

    public sealed class Replaying(MemoryFixture fixture) : ReplayingConformance<MemoryFixture>(fixture);

    public sealed class Delaying(MemoryFixture fixture) : DelayingConformance<MemoryFixture>(fixture);

    public sealed class Prioritizing(MemoryFixture fixture) : PrioritizingConformance<MemoryFixture>(fixture);

    public sealed class Deduplicating(MemoryFixture fixture) : DeduplicatingConformance<MemoryFixture>(fixture);

    public sealed class Draining(MemoryFixture fixture) : DrainingConformance<MemoryFixture>(fixture);

    public sealed class Administering(MemoryFixture fixture) : AdministeringConformance<MemoryFixture>(fixture);

    public sealed class Starving(MemoryFixture fixture) : StarvingConformance<MemoryFixture>(fixture);

    public sealed class Working(MemoryFixture fixture) : WorkingConformance<MemoryFixture>(fixture);
}
