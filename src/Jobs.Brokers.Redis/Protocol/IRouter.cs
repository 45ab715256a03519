using System.Net;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Knows which node is for what, and hears from the nodes.</summary>
internal interface IRouter
{
    /// <summary>The node for a key; for any command if the key is empty.</summary>
    /// <exception cref="RedisConnectionException">There is none now.</exception>
    RedisNode Find(ReadOnlySpan<byte> key);

    /// <summary>A node was greeted; the channel may be asked for more before it is used.</summary>
    void Greeted(RedisNode node, DnsEndPoint server, in RedisServerInfo info, RespChannel channel);

    /// <summary>A node has become connected, or is so no longer.</summary>
    void Changed(RedisNode node);

    /// <summary>An error may tell that a slot is elsewhere: then that is learned.</summary>
    /// <returns>True if it was such an error.</returns>
    bool Learn(RedisNode node, RedisServerException error);

    /// <summary>Sends a command on to the node that an error names; false if it names none.</summary>
    bool TryRedirect(RedisNode node, PendingReply pending, RedisServerException error);
}
