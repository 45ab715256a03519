using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Brokers.Redis.Scripts;

namespace Jobs.Brokers.Redis.Settling;

/// <summary>Renews leases without a thread of the pool.</summary>
internal static class LeaseRenewal
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public static void Renew(ReceiverContext context, ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        results[..deliveries.Length].Clear();
        for (var level = 0; level < QueueKeys.Levels; level++)
        {
            try
            {
                RenewLevel(context, level, deliveries, results);
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                // No answer is no verdict: what is not known stays unknown, and the keeper asks again.
                context.Telemetry.ErrorSwallowed("renew");
            }
        }
    }

    /// <summary>Renews one lease, unless it is somebody else's by now.</summary>
    /// <returns>True if it is known to be lost; without an answer it is not.</returns>
    public static async ValueTask<bool> IsLostAsync(ReceiverContext context, RedisDelivery delivery, CancellationToken cancellationToken)
    {
        var command = RespCommand.Rent(QueueScripts.Renew, 1).Key(context.Keys.Streams[delivery.Level])
            .Add(context.Consumer).AddId(delivery.Entry.Milliseconds, delivery.Entry.Sequence).Add(delivery.Deliveries);
        try
        {
            using var reply = await context.Client.SendAsync(command, cancellationToken).ConfigureAwait(false);
            var reader = reply.GetReader();
            reader.ReadArray();
            return reader.ReadInteger() == 0;
        }
        catch (IOException)
        {
            context.Telemetry.ErrorSwallowed("renew");
            return false;
        }
    }

    private static void RenewLevel(ReceiverContext context, int level, ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        RespCommand? command = null;
        foreach (var delivery in deliveries)
        {
            if (delivery is RedisDelivery own && own.Level == level)
            {
                command ??= RespCommand.Rent(QueueScripts.Renew, 1).Key(context.Keys.Streams[level]).Add(context.Consumer);
                command.AddId(own.Entry.Milliseconds, own.Entry.Sequence).Add(own.Deliveries);
            }
        }

        if (command is null)
        {
            return;
        }

        try
        {
            var begun = context.Time.GetTimestamp();
            var patience = context.Leases.Lease / 6;
            using var reply = context.Client.Execute(command, patience < LongestWait ? patience : LongestWait);
            var reader = reply.GetReader();
            reader.ReadArray();
            for (var i = 0; i < deliveries.Length; i++)
            {
                if (deliveries[i] is RedisDelivery own && own.Level == level)
                {
                    var isRenewed = reader.ReadInteger() == 1;
                    results[i] = isRenewed ? SettleResult.Ok : SettleResult.LeaseLost;
                    if (isRenewed)
                    {
                        own.Extend(context.Leases.EndOf(begun));
                    }
                }
            }
        }
        finally
        {
            command.Release();
        }
    }
}
