using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis;

/// <summary>The one consumer group of each stream.</summary>
internal static class ConsumerGroup
{
    /// <summary>Makes stream and group. False if they are there.</summary>
    public static async ValueTask<bool> TryCreateAsync(IRedisClient client, byte[] stream, CancellationToken cancellationToken)
    {
        // From 0: what was sent before the group was made waits, too.
        var command = RespCommand.Rent("XGROUP"u8).Add("CREATE"u8).Key(stream).Add(QueueKeys.Group).Add("0"u8).Add("MKSTREAM"u8);
        try
        {
            (await client.SendAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
            return true;
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.BusyGroup)
        {
            return false;
        }
    }

    /// <summary>Whether stream and group are there.</summary>
    public static async ValueTask<bool> ExistsAsync(IRedisClient client, byte[] stream, CancellationToken cancellationToken)
    {
        var command = RespCommand.Rent("XPENDING"u8).Key(stream).Add(QueueKeys.Group);
        try
        {
            (await client.SendAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
            return true;
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.NoGroup)
        {
            return false;
        }
    }
}
