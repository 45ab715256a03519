using System.Runtime.InteropServices;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Receiving;

namespace Jobs.Brokers.Nats.Settling;

/// <summary>Renews leases without a thread of the pool.</summary>
/// <remarks>The server takes a renewal from whoever sends it, so one whose lease has passed by this process's own clock is never sent.</remarks>
internal static class LeaseRenewal
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public static void Renew(ReceiverContext context, ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        var held = new List<NatsDelivery>(deliveries.Length);
        for (var i = 0; i < deliveries.Length; i++)
        {
            var own = deliveries[i] as NatsDelivery;
            var isHeld = own is { IsInHand: true } && !context.Leases.HasPassed(own);
            results[i] = isHeld ? SettleResult.Unknown : SettleResult.LeaseLost;
            if (isHeld)
            {
                held.Add(own!);
            }
        }

        var lease = context.Leases.EndOf(context.Time.GetTimestamp());
        if (held.Count == 0 || !TryRenew(context, held))
        {
            return;
        }

        for (var i = 0; i < deliveries.Length; i++)
        {
            if (results[i] == SettleResult.Unknown)
            {
                ((NatsDelivery)deliveries[i]).Extend(lease);
                results[i] = SettleResult.Ok;
            }
        }
    }

    private static bool TryRenew(ReceiverContext context, List<NatsDelivery> held)
    {
        var patience = context.Leases.Lease / 6;
        try
        {
            new AckFlush().Send(context.Client, "+WPI"u8, CollectionsMarshal.AsSpan(held), patience < LongestWait ? patience : LongestWait);
            return true;
        }
        catch (Exception error) when (error is NatsException or TimeoutException)
        {
            // No answer is no verdict: what is not known stays unknown, and the keeper asks again.
            context.Telemetry.ErrorSwallowed("renew");
            return false;
        }
    }
}
