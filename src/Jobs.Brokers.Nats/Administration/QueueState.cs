using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Administration;

/// <summary>What waits in queues. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Told by the consumers: after a server was killed its stream may count messages that were acknowledged.</para>
/// <para>A job that is put off moves: its copy is stored in the delay stream before it is acknowledged in its queue, and the other way round when it is due. Who
/// looks at one place after the other may find it in both, or in neither. So nothing is said to be empty unless the queue was found empty, then the delay
/// stream, and nothing has been stored in the queue from before the first look to after the last: what is not there then was not there in between.</para>
/// </remarks>
internal sealed class QueueState(INatsClient client, JetStreamClient jetStream, NatsNames names, TimeProvider time)
{
    private const int TakenAtOnce = 500;

    public async ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken)
    {
        var stream = await FindAsync(queue, cancellationToken).ConfigureAwait(false);
        var (waiting, inFlight, oldest) = stream is { Messages: > 0 } ? await CountAsync(queue, cancellationToken).ConfigureAwait(false) : default;
        var delayed = await CountDelayedAsync(queue, cancellationToken).ConfigureAwait(false);
        if (waiting + inFlight + delayed == 0 && await FindAsync(queue, cancellationToken).ConfigureAwait(false) is { } again)
        {
            // What has come meanwhile may be anywhere by now.
            waiting = Math.Max(0, (long)again.LastSequence - (long)(stream?.LastSequence ?? 0));
        }

        var age = oldest is { } since ? time.GetUtcNow() - since : TimeSpan.Zero;
        return new QueueDepth(waiting, inFlight, delayed, age > TimeSpan.Zero ? age : TimeSpan.Zero);
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

    private ValueTask<StreamInfo?> FindAsync(string queue, CancellationToken cancellationToken) =>
        jetStream.GetStreamAsync(names.QueueStream(queue), cancellationToken: cancellationToken);

    private async ValueTask<(long Waiting, long InFlight, DateTimeOffset? Oldest)> CountAsync(string queue, CancellationToken cancellationToken)
    {
        var (waiting, inFlight) = (0L, 0L);
        DateTimeOffset? oldest = null;
        var handedOut = new ulong[NatsNames.Levels];
        for (var level = 0; level < NatsNames.Levels; level++)
        {
            if (await jetStream.GetConsumerAsync(names.QueueStream(queue), NatsNames.Consumer(level), cancellationToken).ConfigureAwait(false) is not { } consumer)
            {
                continue;
            }

            waiting += consumer.Pending;
            inFlight += consumer.AckPending;
            handedOut[level] = consumer.DeliveredSequence;
            if (consumer.Pending > 0)
            {
                oldest = Earlier(oldest, await FirstAsync(queue, level, consumer.DeliveredSequence, cancellationToken).ConfigureAwait(false));
            }
        }

        // A consumer hears of a message a moment after it is stored, and of none if it was deleted.
        for (var level = 0; level < NatsNames.Levels && waiting + inFlight == 0; level++)
        {
            oldest = Earlier(oldest, await FirstAsync(queue, level, handedOut[level], cancellationToken).ConfigureAwait(false));
            waiting = oldest is null ? 0 : 1;
        }

        return (waiting, inFlight, oldest);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? oldest, StoredMessage? message) => message is null || message.Time > oldest ? oldest : message.Time;

    // Of what was never handed out.
    private ValueTask<StoredMessage?> FirstAsync(string queue, int level, ulong handedOut, CancellationToken cancellationToken) =>
        jetStream.GetMessageAsync(names.QueueStream(queue), handedOut + 1, names.QueueSubject(queue, level), cancellationToken);

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
