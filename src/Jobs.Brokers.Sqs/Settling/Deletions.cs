using System.Collections.Concurrent;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Brokers.Sqs.Receiving;

namespace Jobs.Brokers.Sqs.Settling;

/// <summary>Deletes messages, ten in a request, again and again where it fails; and remembers which are done. Safe for concurrent use.</summary>
internal sealed class Deletions(ReceiverContext context)
{
    private const int MostRequests = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly RecentMessages _recent = new();

    // Done here, but SQS has not said that it is deleted; with the timestamp of when that was last heard of.
    private readonly ConcurrentDictionary<MessageKey, long> _unconfirmed = new();

    /// <summary>True if all that was to be done about a message is done: another delivery of it is deleted, not run.</summary>
    public bool IsDone(MessageKey key) => _unconfirmed.ContainsKey(key) || _recent.Contains(key);

    /// <summary>Deletes messages.</summary>
    /// <returns>False if there was no answer; they are done nevertheless, and remembered as that.</returns>
    public async ValueTask<bool> DeleteAsync(IReadOnlyList<SqsDelivery> deliveries, CancellationToken cancellationToken)
    {
        var begun = context.Time.GetTimestamp();
        var pause = new RetryPause(FirstPause, LongestPause, context.Time);
        var open = deliveries.ToList();
        // Before anything is waited for: the lease may end meanwhile.
        open.ForEach(delivery => _unconfirmed[delivery.Key] = begun);
        while (true)
        {
            var requests = open.GroupBy(static delivery => delivery.Level).SelectMany(static level => level.Chunk(SqsLimits.MaxBatch)).ToArray();
            Exception? failure = null;
            foreach (var some in requests.Chunk(MostRequests))
            {
                failure = Array.Find(await Task.WhenAll(some.Select(TryDeleteAsync)).ConfigureAwait(false), static error => error is not null) ?? failure;
            }

            open.RemoveAll(delivery => !_unconfirmed.ContainsKey(delivery.Key));
            if (open.Count == 0)
            {
                Forget();
                return true;
            }

            if (pause.IsFirst)
            {
                Log.SettleInterrupted(context.Logger, open.Count, context.Queue, failure?.Message ?? "SQS did not delete all messages.");
            }

            if (cancellationToken.IsCancellationRequested || context.Time.GetElapsedTime(begun) > Patience)
            {
                return false;
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Deletes other deliveries of what is done. Does not throw.</summary>
    public async Task DeleteAgainAsync(int level, IReadOnlyList<ReadOnlyMemory<byte>> handles)
    {
        Log.DoneDropped(context.Logger, context.Queue, handles.Count);
        try
        {
            var url = await context.Urls.GetAsync(context.NameOf(level), CancellationToken.None).ConfigureAwait(false);
            await context.Client.DeleteMessageBatchAsync(url, handles.ToArray(), new SqsEntryResult[handles.Count], CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SqsException or ObjectDisposedException)
        {
            // It comes once more.
            context.Telemetry.ErrorSwallowed("settle");
        }
    }

    // Why SQS did not answer, or null.
    private async Task<Exception?> TryDeleteAsync(SqsDelivery[] deliveries)
    {
        var results = new SqsEntryResult[deliveries.Length];
        try
        {
            var url = await context.Urls.GetAsync(context.NameOf(deliveries[0].Level), CancellationToken.None).ConfigureAwait(false);
            await context.Client.DeleteMessageBatchAsync(url, Array.ConvertAll(deliveries, static delivery => delivery.Handle), results, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SqsException or ObjectDisposedException)
        {
            context.Telemetry.ErrorSwallowed("settle");
            return error is SqsException told ? Problems.Explain(told, context.NameOf(deliveries[0].Level)) : error;
        }

        for (var i = 0; i < deliveries.Length; i++)
        {
            // A handle that is not valid any more deletes nothing, however often it is tried; what is done stays remembered.
            if (results[i].IsOk || results[i].Error is SqsErrorKind.ReceiptHandleInvalid or SqsErrorKind.NotInFlight)
            {
                _recent.Add(deliveries[i].Key);
                _unconfirmed.TryRemove(deliveries[i].Key, out _);
            }
            else
            {
                context.Telemetry.ErrorSwallowed("settle");
            }
        }

        return null;
    }

    // What has not come again for long was deleted, and only the answer was lost.
    private void Forget()
    {
        if (_unconfirmed.IsEmpty)
        {
            return;
        }

        foreach (var (key, since) in _unconfirmed)
        {
            if (context.Time.GetElapsedTime(since) > (2 * Patience) + (4 * context.Leases.Lease))
            {
                _unconfirmed.TryRemove(key, out _);
            }
        }
    }
}
