using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis;

/// <content>Streams and groups, and a look at the server.</content>
internal sealed partial class RedisBroker
{
    public async ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topology);
        foreach (var queue in topology.Queues)
        {
            SenderOf(queue.Name).Topology = queue;
        }

        try
        {
            await _client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
            await new ServerChecks(_client, _logger).RunAsync(topology.Queues.Count > 0 ? KeysOf(topology.Queues[0].Name) : null, cancellationToken).ConfigureAwait(false);
            switch (mode)
            {
                case ProvisionMode.CreateIfMissing:
                    await CreateMissingAsync(topology, cancellationToken).ConfigureAwait(false);
                    break;
                case ProvisionMode.Verify:
                    await VerifyAsync(topology, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.NoPermission)
        {
            throw new JobConfigurationException(
                $"The user that Jobs connects to Redis with lacks a permission: {error.Message} Grant it with ACL SETUSER: '{ServerChecks.Permissions(_namespace)}'.", error);
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.WrongType)
        {
            throw new JobConfigurationException(
                $"A key of namespace '{_namespace}' holds something else than Jobs put there: {error.Message} Choose another Jobs:Namespace, or another database.", error);
        }
    }

    private async ValueTask CreateMissingAsync(BrokerTopology topology, CancellationToken cancellationToken)
    {
        foreach (var queue in topology.Queues)
        {
            var limit = KeysOf(queue.Name).Limit;
            var command = queue.MaxLength is { } length ? RespCommand.Rent("SET"u8).Key(limit).Add(length) : RespCommand.Rent("DEL"u8).Key(limit);
            (await ExecuteAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
        }

        foreach (var (queue, priority) in Levels(topology))
        {
            await ConsumerGroup.TryCreateAsync(_client, KeysOf(queue).Streams[QueueKeys.LevelOf(priority)], cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask VerifyAsync(BrokerTopology topology, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        foreach (var queue in topology.Queues)
        {
            var limit = await ReadLimitAsync(queue.Name, cancellationToken).ConfigureAwait(false);
            if (limit != queue.MaxLength)
            {
                differences.Add($"queue '{queue.Name}' has {Limit(limit)} instead of {Limit(queue.MaxLength)}");
            }
        }

        foreach (var (queue, priority) in Levels(topology))
        {
            if (!await ConsumerGroup.ExistsAsync(_client, KeysOf(queue).Streams[QueueKeys.LevelOf(priority)], cancellationToken).ConfigureAwait(false))
            {
                differences.Add($"queue '{queue}' has no stream with the group 'workers' for priority {priority}");
            }
        }

        if (differences.Count > 0)
        {
            throw new JobConfigurationException(
                $"Redis differs from the topology of namespace '{_namespace}': {string.Join("; ", differences)}. Start one host with Jobs:Provision = {nameof(ProvisionMode.CreateIfMissing)}, or create them: XGROUP CREATE {{{_namespace}:<queue>}}:<priority> workers 0 MKSTREAM.");
        }
    }

    private async ValueTask<long?> ReadLimitAsync(string queue, CancellationToken cancellationToken)
    {
        using var reply = await ExecuteAsync(RespCommand.Rent("GET"u8).Key(KeysOf(queue).Limit), cancellationToken).ConfigureAwait(false);
        var reader = reply.GetReader();
        return reader.TryReadNull() ? null : reader.ReadInteger();
    }

    private static string Limit(long? limit) => limit is null ? "no MaxLength" : $"MaxLength {limit}";

    private static IEnumerable<(string Queue, JobPriority Priority)> Levels(BrokerTopology topology)
    {
        foreach (var queue in topology.Queues)
        {
            foreach (var priority in queue.Priorities)
            {
                yield return (queue.Name, priority);
            }
        }
    }
}
