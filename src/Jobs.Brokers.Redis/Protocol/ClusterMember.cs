namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A node of a cluster, as <see cref="RedisCluster"/> keeps it.</summary>
internal sealed class ClusterMember(RedisNode node)
{
    public RedisNode Node { get; } = node;

    public bool HasSlots { get; set; }

    /// <summary>When it last had slots, or was to get one.</summary>
    public long SeenAt { get; set; }
}
