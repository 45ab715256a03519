using Jobs.Messages;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Sending;

/// <summary>The messages of one call, and the store writes that they depend on, whichever of them are sent.</summary>
internal sealed class ConditionalSends(ReadOnlyMemory<JobMessage> messages, ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> written)
{
    /// <summary>Sends all messages, or some of them.</summary>
    public async ValueTask SendAsync(QueueSender sender, ReadOnlyMemory<JobMessage> part, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        if (part.Equals(messages))
        {
            await sender.SendAsync(part, results, isThen: false, cancellationToken, writes, written).ConfigureAwait(false);
            return;
        }

        var places = PlacesOf(part.Span);
        var some = new StoreWriteResult[places.Length];
        await sender.SendAsync(part, results, isThen: false, cancellationToken, Array.ConvertAll(places, place => writes.Span[place]), some).ConfigureAwait(false);
        for (var i = 0; i < places.Length; i++)
        {
            written.Span[places[i]] = some[i];
        }
    }

    private int[] PlacesOf(ReadOnlySpan<JobMessage> part)
    {
        var all = new Dictionary<JobMessage, int>(messages.Length, ReferenceEqualityComparer.Instance);
        for (var i = 0; i < messages.Length; i++)
        {
            all[messages.Span[i]] = i;
        }

        var places = new int[part.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = all[part[i]];
        }

        return places;
    }
}
