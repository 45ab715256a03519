using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Provisioning;

/// <summary>Compares the settings that matter.</summary>
internal static class ConsumerDifferences
{
    public static IEnumerable<Difference> Of(ConsumerConfig actual, ConsumerConfig wanted)
    {
        if (actual.FilterSubject != wanted.FilterSubject)
        {
            yield return new Difference($"hands out {actual.FilterSubject ?? "everything"} instead of {wanted.FilterSubject}", CanBeChanged: false);
        }

        if (actual.AckPolicy != wanted.AckPolicy)
        {
            yield return new Difference($"has the acknowledgement policy '{actual.AckPolicy}' instead of '{wanted.AckPolicy}'", CanBeChanged: false);
        }

        if (actual.IsPush)
        {
            yield return new Difference("pushes to a subject instead of being pulled from", CanBeChanged: false);
        }

        if (actual.HasBackOff)
        {
            yield return new Difference("has a list of pauses (backoff), which takes the place of leases", CanBeChanged: false);
        }

        if (actual.MaxDeliver != wanted.MaxDeliver)
        {
            yield return new Difference($"gives messages up after {actual.MaxDeliver} deliveries (max_deliver)", CanBeChanged: true);
        }

        if (actual.AckWait != wanted.AckWait)
        {
            yield return new Difference($"has the lease {actual.AckWait} (ack_wait) instead of {wanted.AckWait}", CanBeChanged: true);
        }

        if (actual.MaxAckPending >= 0 && actual.MaxAckPending < wanted.MaxAckPending)
        {
            yield return new Difference($"hands out {actual.MaxAckPending} messages at once (max_ack_pending) instead of {wanted.MaxAckPending}", CanBeChanged: true);
        }
    }

    /// <summary>The settings to update a consumer to; all else that it has stays.</summary>
    public static ConsumerConfig Changed(ConsumerConfig actual, ConsumerConfig wanted) => actual with
    {
        AckWait = wanted.AckWait,
        MaxDeliver = wanted.MaxDeliver,
        MaxAckPending = actual.MaxAckPending < 0 ? actual.MaxAckPending : Math.Max(actual.MaxAckPending, wanted.MaxAckPending),
    };
}
