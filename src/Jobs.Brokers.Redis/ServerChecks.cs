using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis;

/// <summary>Looks at the server once: whether it is new enough, may be used, and keeps what it is given.</summary>
internal sealed class ServerChecks(IRedisClient client, ILogger logger)
{
    private static readonly Version Oldest = new(6, 2);

    /// <summary>What a user needs, as ACL SETUSER takes it.</summary>
    public static string Permissions(string @namespace) =>
        $"ACL SETUSER <user> ~{{{@namespace}:* resetchannels &{{{@namespace}:* +@stream +@scripting +@connection +@hash +@sortedset +@list +@string +@keyspace +@pubsub +info +time +config|get";

    /// <exception cref="JobConfigurationException">The server is too old.</exception>
    /// <exception cref="RedisServerException">The user may not do what is needed.</exception>
    public async ValueTask RunAsync(QueueKeys? keys, CancellationToken cancellationToken)
    {
        var info = ServerInfo.Parse(await ReadTextAsync(RespCommand.Rent("INFO"u8).Add("server"u8), cancellationToken).ConfigureAwait(false));
        if (info.Version < Oldest)
        {
            throw new JobConfigurationException($"Redis {info.Version} is too old: Jobs needs {Oldest} or later (Valkey: any).");
        }

        if (keys is not null)
        {
            await TryScriptsAsync(keys, cancellationToken).ConfigureAwait(false);
        }

        await WarnAsync(cancellationToken).ConfigureAwait(false);
    }

    // Harmless calls that between them use what a worker's life depends on: a missing permission is found at the start.
    private async ValueTask TryScriptsAsync(QueueKeys keys, CancellationToken cancellationToken)
    {
        var depth = RespCommand.Rent(QueueScripts.Depth, 1 + QueueKeys.Levels).Key(keys.Delayed);
        var promote = RespCommand.Rent(QueueScripts.Promote, 2 + QueueKeys.Levels).Key(keys.Delayed).Key(keys.Bodies);
        foreach (var stream in keys.Streams)
        {
            depth.Key(stream);
            promote.Key(stream);
        }

        await RunAsync(depth, cancellationToken).ConfigureAwait(false);
        await RunAsync(promote.Add(1), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WarnAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await ReadSettingAsync("maxmemory-policy", cancellationToken).ConfigureAwait(false) is { } policy && policy != "noeviction"
                && await ReadSettingAsync("maxmemory", cancellationToken).ConfigureAwait(false) != "0")
            {
                Log.EvictionPossible(logger, policy);
            }

            if (await ReadSettingAsync("appendonly", cancellationToken).ConfigureAwait(false) == "no")
            {
                Log.NotPersistent(logger);
            }
        }
        catch (RedisServerException error)
        {
            // Many hosted servers do not show their settings.
            Log.SettingsHidden(logger, error.Message);
        }
    }

    private async ValueTask<string?> ReadSettingAsync(string name, CancellationToken cancellationToken)
    {
        var command = RespCommand.Rent("CONFIG"u8).Add("GET"u8).Add(name);
        using var reply = await client.SendAsync(command, cancellationToken).ConfigureAwait(false);
        var reader = reply.GetReader();
        if (reader.ReadArray() < 2)
        {
            return null;
        }

        reader.Skip();
        return reader.ReadString();
    }

    private async ValueTask<string> ReadTextAsync(RespCommand command, CancellationToken cancellationToken)
    {
        using var reply = await client.SendAsync(command, cancellationToken).ConfigureAwait(false);
        return reply.GetReader().ReadString();
    }

    private async ValueTask RunAsync(RespCommand command, CancellationToken cancellationToken) =>
        (await client.SendAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
}
