using Jobs.Brokers.Nats.Receiving;

namespace Jobs.Brokers.Nats.Settling;

/// <summary>Ends what a consumer does not know that it has handed out: somebody deleted it, or its server was killed before it had written that down.</summary>
/// <remarks>Servers from 2.10 on take no acknowledgement of what a consumer has still to hand out, and do not answer either; those of 2.9 take it. So it is
/// taken out of the stream, which is what an acknowledgement would do.</remarks>
internal sealed class ForgottenDeliveries(ReceiverContext context)
{
    /// <summary>Makes consumers again that were deleted, and ends what they know nothing of.</summary>
    /// <param name="deliveries">What could not be acknowledged.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What can be acknowledged now.</returns>
    public async ValueTask<List<NatsDelivery>> EndAsync(List<NatsDelivery> deliveries, CancellationToken cancellationToken)
    {
        var known = new List<NatsDelivery>(deliveries.Count);
        foreach (var level in context.Levels)
        {
            var handedOut = deliveries.FindAll(delivery => delivery.Level == level);
            if (handedOut.Count == 0)
            {
                continue;
            }

            // Making one that is there changes nothing.
            var consumer = await context.CreateConsumer(level, cancellationToken).ConfigureAwait(false);
            foreach (var delivery in handedOut)
            {
                if (delivery.Sequence <= consumer.DeliveredSequence)
                {
                    known.Add(delivery);
                }
                else
                {
                    await RemoveAsync(delivery, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return known;
    }

    // In a stream that was made anew something else may have its place by now.
    private async ValueTask RemoveAsync(NatsDelivery delivery, CancellationToken cancellationToken)
    {
        var stored = await context.JetStream.GetMessageAsync(context.Stream, delivery.Sequence, null, cancellationToken).ConfigureAwait(false);
        if (stored?.Time == DateTimeOffset.UnixEpoch.AddTicks(delivery.StoredAt / TimeSpan.NanosecondsPerTick))
        {
            await context.JetStream.DeleteMessageAsync(context.Stream, delivery.Sequence, cancellationToken).ConfigureAwait(false);
        }
    }
}
