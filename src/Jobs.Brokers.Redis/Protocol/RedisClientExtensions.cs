namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Calls of a client by those who send a command once.</summary>
internal static class RedisClientExtensions
{
    /// <summary>Sends a command, and gives it back to the pool whatever comes of it.</summary>
    /// <inheritdoc cref="IRedisClient.ExecuteAsync"/>
    public static async ValueTask<RespReply> SendAsync(this IRedisClient client, RespCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            command.Release();
        }
    }
}
