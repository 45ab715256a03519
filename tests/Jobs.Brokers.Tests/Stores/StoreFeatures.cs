namespace Jobs.Brokers.Tests.Stores;

/// <summary>What processes share in a store, tried on brokers and stores.</summary>
public static class StoreFeatures
{
    public sealed class RedisStatus(StoreServers.Redis servers) : StatusTests<StoreServers.Redis>(servers);

    public sealed class NatsStatus(StoreServers.Nats servers) : StatusTests<StoreServers.Nats>(servers);

    public sealed class SqsWithRedisStatus(StoreServers.SqsWithRedis servers) : StatusTests<StoreServers.SqsWithRedis>(servers);

    public sealed class SqsWithNatsStatus(StoreServers.SqsWithNats servers) : StatusTests<StoreServers.SqsWithNats>(servers);

    public sealed class RedisCheckpoints(StoreServers.Redis servers) : CheckpointTests<StoreServers.Redis>(servers);

    public sealed class NatsCheckpoints(StoreServers.Nats servers) : CheckpointTests<StoreServers.Nats>(servers);

    public sealed class SqsWithRedisCheckpoints(StoreServers.SqsWithRedis servers) : CheckpointTests<StoreServers.SqsWithRedis>(servers);

    public sealed class RedisKeys(StoreServers.Redis servers) : KeyTests<StoreServers.Redis>(servers);

    public sealed class NatsKeys(StoreServers.Nats servers) : KeyTests<StoreServers.Nats>(servers)
    {
        // Each is a write that the server refuses, and a read: a thousand times would take 20 s.
        protected override int Enqueues => 40;
    }

    public sealed class SqsWithRedisKeys(StoreServers.SqsWithRedis servers) : KeyTests<StoreServers.SqsWithRedis>(servers)
    {
        // The store is that of Redis, with which it is tried a thousand times.
        protected override int Enqueues => 40;
    }

    public sealed class RedisClaims(StoreServers.Redis servers) : ClaimTests<StoreServers.Redis>(servers);

    public sealed class NatsClaims(StoreServers.Nats servers) : ClaimTests<StoreServers.Nats>(servers);

    public sealed class SqsWithRedisClaims(StoreServers.SqsWithRedis servers) : ClaimTests<StoreServers.SqsWithRedis>(servers)
    {
        protected override bool DeliversOnce => false;
    }

    public sealed class RedisWithNatsIdempotency(StoreServers.RedisWithNats servers) : IdempotencyTests<StoreServers.RedisWithNats>(servers);

    public sealed class NatsWithRedisIdempotency(StoreServers.NatsWithRedis servers) : IdempotencyTests<StoreServers.NatsWithRedis>(servers);

    public sealed class SqsWithRedisIdempotency(StoreServers.SqsWithRedis servers) : IdempotencyTests<StoreServers.SqsWithRedis>(servers);
}
