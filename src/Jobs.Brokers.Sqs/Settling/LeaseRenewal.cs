using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Receiving;

namespace Jobs.Brokers.Sqs.Settling;

/// <summary>Renews leases without a thread of the pool.</summary>
/// <remarks>One whose lease has passed by this process's own clock is never renewed: it may be somebody else's. Nor is one beyond the 12 hours of SQS.</remarks>
internal static class LeaseRenewal
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public static void Renew(ReceiverContext context, ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        for (var i = 0; i < deliveries.Length; i++)
        {
            results[i] = CanRenew(context, deliveries[i]) ? SettleResult.Unknown : SettleResult.LeaseLost;
        }

        foreach (var level in context.Levels)
        {
            RenewLevel(context, level, deliveries, results);
        }
    }

    /// <summary>For how long one may be hidden from now on; less than a lease at the end of the 12 hours, 0 beyond it.</summary>
    public static int SecondsLeft(ReceiverContext context, SqsDelivery delivery, long now) =>
        Math.Min(context.Leases.Seconds, (int)Math.Max(0, context.Time.GetElapsedTime(now, delivery.LimitEndsAt).TotalSeconds));

    private static bool CanRenew(ReceiverContext context, JobDelivery delivery)
    {
        if (delivery is not SqsDelivery { IsInHand: true } own || context.Leases.HasPassed(own))
        {
            return false;
        }

        if (SecondsLeft(context, own, context.Time.GetTimestamp()) > 0)
        {
            return true;
        }

        Log.HeldTooLong(context.Logger, context.Queue);
        return false;
    }

    private static void RenewLevel(ReceiverContext context, int level, ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        Span<int> places = stackalloc int[SqsLimits.MaxBatch];
        var count = 0;
        for (var i = 0; i < deliveries.Length; i++)
        {
            if (results[i] != SettleResult.Unknown || ((SqsDelivery)deliveries[i]).Level != level)
            {
                continue;
            }

            places[count++] = i;
            if (count == places.Length)
            {
                if (!TryRenew(context, level, places, deliveries, results))
                {
                    return;
                }

                count = 0;
            }
        }

        if (count > 0)
        {
            TryRenew(context, level, places[..count], deliveries, results);
        }
    }

    // False if SQS does not answer, and the next would only wait as well.
    private static bool TryRenew(ReceiverContext context, int level, ReadOnlySpan<int> places, ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        if (!context.Urls.TryGet(context.NameOf(level), out var url))
        {
            return false;
        }

        var now = context.Time.GetTimestamp();
        var lease = context.Leases.EndOf(now);
        var entries = new SqsVisibilityEntry[places.Length];
        var answers = new SqsEntryResult[places.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var delivery = (SqsDelivery)deliveries[places[i]];
            entries[i] = new SqsVisibilityEntry(delivery.Handle, Math.Max(1, SecondsLeft(context, delivery, now)));
        }

        var patience = context.Leases.Lease / 4;
        try
        {
            context.Client.ChangeMessageVisibilityBatch(url, entries, answers, patience < LongestWait ? patience : LongestWait);
        }
        catch (SqsException)
        {
            // No answer is no verdict: what is not known stays unknown, and the keeper asks again.
            context.Telemetry.ErrorSwallowed("renew");
            return false;
        }

        for (var i = 0; i < answers.Length; i++)
        {
            results[places[i]] = Apply((SqsDelivery)deliveries[places[i]], answers[i], lease);
        }

        return true;
    }

    private static SettleResult Apply(SqsDelivery delivery, in SqsEntryResult answer, LeaseEnd lease)
    {
        if (answer.IsOk)
        {
            delivery.Extend(lease.Timestamp > delivery.LimitEndsAt ? lease with { Timestamp = delivery.LimitEndsAt } : lease);
            return SettleResult.Ok;
        }

        return answer.Error is SqsErrorKind.NotInFlight or SqsErrorKind.ReceiptHandleInvalid ? SettleResult.LeaseLost : SettleResult.Unknown;
    }
}
