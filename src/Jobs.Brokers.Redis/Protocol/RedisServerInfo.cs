namespace Jobs.Brokers.Redis.Protocol;

/// <summary>What a server told of itself in its greeting.</summary>
/// <param name="ClientId">Its number for this connection; 0 if it would not tell.</param>
/// <param name="Mode"><c>standalone</c>, <c>cluster</c>, <c>sentinel</c>; empty if it did not tell.</param>
/// <param name="Role"><c>master</c>, <c>replica</c> (<c>slave</c> in version 2 of the protocol), <c>sentinel</c>; empty if it did not tell.</param>
internal readonly record struct RedisServerInfo(long ClientId, string Mode, string Role)
{
    public bool IsReplica => Role is "replica" or "slave";

    public bool IsSentinel => Mode == "sentinel" || Role == "sentinel";
}
