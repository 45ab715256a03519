namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A connection for commands that wait at the server. One call at a time, but for <see cref="UnblockAsync"/>.</summary>
internal interface IBlockingConnection : IAsyncDisposable
{
    /// <summary>Sends commands in one write and waits for all their replies; connects first if need be.</summary>
    /// <param name="commands">The commands; the connection's until the task has completed.</param>
    /// <param name="replies">As many places. An error reply of one is not thrown before the others have been read. What was answered is in its
    /// place when this throws, too; the other places are empty.</param>
    /// <param name="block">How long the server may wait before it answers; the connection is given up a moment (2 s) after that.</param>
    /// <returns>A task that no token ends: what the server handed out must not be lost. <see cref="UnblockAsync"/> ends the wait.</returns>
    /// <exception cref="RedisServerException">The server refused the first command that failed.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it ended.</exception>
    ValueTask ExecuteAsync(ReadOnlyMemory<RespCommand> commands, Memory<RespReply> replies, TimeSpan block);

    /// <summary>Makes the server answer a waiting read now, as if its time had passed (CLIENT UNBLOCK). Harmless if none waits.</summary>
    ValueTask UnblockAsync(CancellationToken cancellationToken);
}
