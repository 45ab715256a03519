using Jobs.Brokers.Conformance;

namespace Jobs.Brokers.Tests.Redis;

/// <summary>The suite, run on the Redis broker.</summary>
public static class RedisConformance
{
    public sealed class Sending(RedisFixture fixture) : SendingConformance<RedisFixture>(fixture);

    public sealed class Receiving(RedisFixture fixture) : ReceivingConformance<RedisFixture>(fixture);

    public sealed class Settling(RedisFixture fixture) : SettlingConformance<RedisFixture>(fixture);

    public sealed class Expiring(RedisFixture fixture) : ExpiringConformance<RedisFixture>(fixture);

    public sealed class Leasing(RedisFixture fixture) : LeasingConformance<RedisFixture>(fixture);

    public sealed class DeadLettering(RedisFixture fixture) : DeadLetteringConformance<RedisFixture>(fixture);

    public sealed class Replaying(RedisFixture fixture) : ReplayingConformance<RedisFixture>(fixture);

    public sealed class Delaying(RedisFixture fixture) : DelayingConformance<RedisFixture>(fixture);

    public sealed class Prioritizing(RedisFixture fixture) : PrioritizingConformance<RedisFixture>(fixture);

    public sealed class Deduplicating(RedisFixture fixture) : DeduplicatingConformance<RedisFixture>(fixture);

    public sealed class Draining(RedisFixture fixture) : DrainingConformance<RedisFixture>(fixture);

    public sealed class Administering(RedisFixture fixture) : AdministeringConformance<RedisFixture>(fixture);

    public sealed class Starving(RedisFixture fixture) : StarvingConformance<RedisFixture>(fixture);

    public sealed class Connecting(RedisFixture fixture) : ConnectingConformance<RedisFixture>(fixture);

    public sealed class Restarting(RedisFixture fixture) : RestartingConformance<RedisFixture>(fixture);

    public sealed class Working(RedisFixture fixture) : WorkingConformance<RedisFixture>(fixture);

    public sealed class Cutting(RedisFixture fixture) : CuttingConformance<RedisFixture>(fixture);
}
