using Jobs.Brokers.Conformance.Stores;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The store suite, run on every store.</summary>
public static class StoreSuites
{
    public sealed class Memory(MemoryStoreFixture fixture) : StoreConformance<MemoryStoreFixture>(fixture);

    public sealed class Redis(RedisStoreFixture fixture) : StoreConformance<RedisStoreFixture>(fixture);

    public sealed class RedisCluster(RedisClusterStoreFixture fixture) : StoreConformance<RedisClusterStoreFixture>(fixture);

    public sealed class Nats(NatsStoreFixture fixture) : StoreConformance<NatsStoreFixture>(fixture);

    public sealed class NatsCluster(NatsClusterStoreFixture fixture) : StoreConformance<NatsClusterStoreFixture>(fixture);
}
