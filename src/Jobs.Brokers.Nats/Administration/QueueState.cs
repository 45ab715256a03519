using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Administration;

/// <summary>What waits in queues. Safe for concurrent use.</summary>
/// <remarks>Told by the consumers: after a server was killed its stream may count messages that were acknowledged.</remarks>
internal sealed class QueueState(INatsClient client, JetStreamClient jetStream, NatsNames names, TimeProvider time)
{
    private const int TakenAtOnce = 500;

    public async ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken)
    {
        var (waiting, inFlight) = (0L, 0L);
        DateTimeOffset? oldest = null;
        for (var level = 0; level < NatsNames.Levels; level++)
        {
            if (await jetStream.GetConsumerAsync(names.QueueStream(queue), NatsNames.Consumer(level), cancellationToken).ConfigureAwait(false) is not { } consumer)
            {
                continue;
            }

            waiting += consumer.Pending;
            inFlight += consumer.AckPending;
            if (consumer.Pending > 0 && await FirstAsync(queue, level, consumer, cancellationToken).ConfigureAwait(false) is { } first && !(first.Time > oldest))
            {
                oldest = first.Time;
            }
        }

        var age = oldest is { } since ? time.GetUtcNow() - since : TimeSpan.Zero;
        return new QueueDepth(waiting, inFlight, await CountDelayedAsync(queue, cancellationToken).ConfigureAwait(false), age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    /// <summary>Removes what waits and what is delayed.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        var count = await CountDelayedAsync(queue, cancellationToken).ConfigureAwait(false) == 0 ? 0
            : await jetStream.PurgeAsync(names.DelayStream, names.DelaySubjectsOfQueue(queue), cancellationToken).ConfigureAwait(false);
        for (var level = 0; level < NatsNames.Levels; level++)
        {
            count += await PurgeLevelAsync(names.QueueStream(queue), NatsNames.Consumer(level), cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private async ValueTask<StoredMessage?> FirstAsync(string queue, int level, ConsumerInfo consumer, CancellationToken cancellationToken) =>
        await jetStream.GetMessageAsync(names.QueueStream(queue), consumer.DeliveredSequence + 1, names.QueueSubject(queue, level), cancellationToken).ConfigureAwait(false);

    private async ValueTask<long> CountDelayedAsync(string queue, CancellationToken cancellationToken) =>
        (await jetStream.GetStreamAsync(names.DelayStream, names.DelaySubjectsOfQueue(queue), cancellationToken).ConfigureAwait(false))?.Subjects.Values.Sum() ?? 0;

    // By taking and acknowledging: a purge of the subject would remove what is in hand as well.
    private async ValueTask<long> PurgeLevelAsync(string stream, string consumer, CancellationToken cancellationToken)
    {
        if (await jetStream.GetConsumerAsync(stream, consumer, cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return 0;
        }

        // What comes meanwhile is not meant: it could go on for ever.
        var most = info.Pending + info.AckPending;
        var count = 0L;
        for (var tries = new Tries(time, jetStream.Patience); count < most;)
        {
            try
            {
                var taken = await WaitingMessages.TakeAsync(client, jetStream.NextMessageSubject(stream, consumer), TakenAtOnce, time, cancellationToken).ConfigureAwait(false);
                if (taken.Count == 0)
                {
                    return count;
                }

                await Task.WhenAll(taken.Select(reply => jetStream.AcknowledgeAsync(reply, cancellationToken).AsTask())).ConfigureAwait(false);
                count += taken.Count;
            }
            catch (Exception error) when (error is NatsException or JetStreamException)
            {
                await tries.WaitAsync(error, cancellationToken).ConfigureAwait(false);
            }
        }

        return count;
    }
}
