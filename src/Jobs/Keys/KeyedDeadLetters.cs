using Jobs.Brokers;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Keys;

/// <summary>A broker's dead letters, whose unique keys are taken again before they are replayed: the service <see cref="IDeadLetterQueue"/>.</summary>
/// <remarks>Above the brokers, for keys are a matter of the store. A job that is replayed behind its back takes its key when it starts, or is dropped then
/// if another has it.</remarks>
internal sealed class KeyedDeadLetters(IDeadLetterQueue inner, JobKeys? keys, JobsTelemetry telemetry, TimeProvider time, ILogger<KeyedDeadLetters> logger) : IDeadLetterQueue
{
    private const int PageSize = 100;

    public string Name => inner.Name;

    public BrokerFeatures Features => inner.Features;

    public BrokerHealth Health => inner.Health;

    public ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default) => inner.CountDeadLettersAsync(queue, cancellationToken);

    public ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default) =>
        inner.GetDeadLettersAsync(queue, cursor, take, cancellationToken);

    public ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        inner.GetDeadLetterAsync(queue, key, cancellationToken);

    public async ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default)
    {
        if (keys is null)
        {
            return await inner.ReplayDeadLetterAsync(queue, key, cancellationToken).ConfigureAwait(false);
        }

        return await inner.GetDeadLetterAsync(queue, key, cancellationToken).ConfigureAwait(false) is { } entry
            ? await ReplayAsync(queue, entry, cancellationToken).ConfigureAwait(false)
            : ReplayStatus.NotFound;
    }

    public async ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (keys is null || !await HasKeysAsync(queue, filter, cancellationToken).ConfigureAwait(false))
        {
            return await inner.ReplayDeadLettersAsync(queue, filter, cancellationToken).ConfigureAwait(false);
        }

        var replay = new FilteredReplay(filter, time);
        string? cursor = null;
        do
        {
            var page = await inner.GetDeadLettersAsync(queue, cursor, PageSize, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Items)
            {
                if (replay.Takes(entry))
                {
                    await replay.DoAsync(() => ReplayAsync(queue, entry, cancellationToken), cancellationToken).ConfigureAwait(false);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null && !replay.IsFull);
        return replay.Summary;
    }

    public ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        inner.DeleteDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default) =>
        inner.PurgeDeadLettersAsync(queue, diedBefore, cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<Messages.JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken) =>
        inner.SendAsync(messages, results, cancellationToken);

    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) => inner.ProvisionAsync(topology, mode, cancellationToken);

    public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) =>
        inner.OpenReceiverAsync(queue, options, cancellationToken);

    // The broker is the host's.
    public ValueTask DisposeAsync() => default;

    // Brokers replay many at once cheaper than one by one, and most have no key.
    private async ValueTask<bool> HasKeysAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await inner.GetDeadLettersAsync(queue, cursor, PageSize, cancellationToken).ConfigureAwait(false);
            if (page.Items.Any(entry => entry.Message?.Attributes.Key is not null && filter.Matches(entry)))
            {
                return true;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
        return false;
    }

    private async ValueTask<ReplayStatus> ReplayAsync(string queue, DeadLetter entry, CancellationToken cancellationToken)
    {
        if (entry.Message is not { Attributes.Key: { Length: > 0 } text } message)
        {
            return await inner.ReplayDeadLetterAsync(queue, entry.Key, cancellationToken).ConfigureAwait(false);
        }

        var claim = await keys!.ReserveAsync(KeyRecord.StoreKeyOf(message.Name, text), message.Id, due: null, KeyedSends.Reservation, cancellationToken).ConfigureAwait(false);
        if (!claim.IsMine)
        {
            return ReplayStatus.Conflict;
        }

        var status = await inner.ReplayDeadLetterAsync(queue, entry.Key, cancellationToken).ConfigureAwait(false);
        try
        {
            // Not found: somebody else replays it, with the same reservation, which expires if that is not so.
            if (status == ReplayStatus.Replayed)
            {
                await keys.ConfirmAsync(claim, cancellationToken).ConfigureAwait(false);
            }
            else if (status is ReplayStatus.Undecodable or ReplayStatus.Failed)
            {
                await keys.GiveUpAsync(new KeyTake(claim), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // Replayed it is; it takes its key when it starts.
            telemetry.ErrorSwallowed("key");
            Log.KeyNotWritten(logger, error, claim.StoreKey, claim.Record.Id);
        }

        return status;
    }
}
