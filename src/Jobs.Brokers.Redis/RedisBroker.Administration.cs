using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;

namespace Jobs.Brokers.Redis;

/// <content>Queues.</content>
internal sealed partial class RedisBroker
{
    // A script that runs long holds up everyone.
    private const int PurgedAtOnce = 500;

    public async ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(queue);
        var command = RespCommand.Rent(QueueScripts.Depth, 1 + QueueKeys.Levels).Key(keys.Delayed);
        foreach (var stream in keys.Streams)
        {
            command.Key(stream);
        }

        using var reply = await ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        var reader = reply.GetReader();
        reader.ReadArray();
        return new QueueDepth(reader.ReadInteger(), reader.ReadInteger(), reader.ReadInteger(), TimeSpan.FromMilliseconds(reader.ReadInteger()));
    }

    public async ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(queue);
        var command = paused
            ? RespCommand.Rent("SET"u8).Key(keys.Paused).Add("1"u8)
            : RespCommand.Rent("DEL"u8).Key(keys.Paused);
        (await ExecuteAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
    }

    public async ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default) =>
        await ReadIntegerAsync(RespCommand.Rent("EXISTS"u8).Key(KeysOf(queue).Paused), cancellationToken).ConfigureAwait(false) == 1;

    public async ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(queue);
        var count = await ReadIntegerAsync(RespCommand.Rent(QueueScripts.PurgeDelayed, 2).Key(keys.Delayed).Key(keys.Bodies), cancellationToken).ConfigureAwait(false);
        foreach (var stream in keys.Streams)
        {
            for (var purged = (long)PurgedAtOnce; purged == PurgedAtOnce; count += purged)
            {
                purged = await ReadIntegerAsync(RespCommand.Rent(QueueScripts.Purge, 1).Key(stream).Add(PurgedAtOnce), cancellationToken).ConfigureAwait(false);
            }
        }

        return count;
    }
}
