using System.Globalization;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;

namespace Jobs.Brokers.Sqs.Administration;

/// <summary>What waits in queues, and whether they are paused. Safe for concurrent use.</summary>
internal sealed class QueueState(ISqsClient client, QueueUrls urls, SqsNames names, TimeProvider time)
{
    private const int HiddenSeconds = 30;

    private static readonly string[] Counts =
    [
        SqsAttributeNames.ApproximateNumberOfMessages,
        SqsAttributeNames.ApproximateNumberOfMessagesNotVisible,
        SqsAttributeNames.ApproximateNumberOfMessagesDelayed,
    ];

    /// <summary>The number that an answer holds; 0 for none.</summary>
    public static long Number(IReadOnlyDictionary<string, string> attributes, string name) =>
        long.TryParse(attributes.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public async ValueTask<QueueDepth> GetDepthAsync(string queue, IEnumerable<int> levels, TimeSpan oldestAge, CancellationToken cancellationToken)
    {
        var (waiting, inFlight, delayed) = (0L, 0L, 0L);
        foreach (var level in levels)
        {
            var counts = await CountAsync(names.Queue(queue, level), cancellationToken).ConfigureAwait(false);
            (waiting, inFlight, delayed) = (waiting + counts.Visible, inFlight + counts.Hidden, delayed + counts.Delayed);
        }

        // What is hidden there waits as well.
        var later = await CountAsync(names.Delay(queue), cancellationToken).ConfigureAwait(false);
        delayed += later.Visible + later.Hidden + later.Delayed;
        return new QueueDepth(waiting, inFlight, delayed, waiting > 0 ? oldestAge : TimeSpan.Zero);
    }

    public async ValueTask SetPausedAsync(string name, bool isPaused, CancellationToken cancellationToken)
    {
        var url = await urls.GetAsync(name, cancellationToken).ConfigureAwait(false);
        if (isPaused)
        {
            await client.TagQueueAsync(url, new Dictionary<string, string> { [QueueMarks.Paused] = "true" }, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await client.UntagQueueAsync(url, [QueueMarks.Paused], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What operators have said of a queue.</summary>
    /// <param name="name">The queue at SQS that has the tags.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<QueueMarks> GetMarksAsync(string name, CancellationToken cancellationToken) =>
        await urls.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } url
            ? QueueMarks.Of(await client.ListQueueTagsAsync(url, cancellationToken).ConfigureAwait(false))
            : default;

    /// <summary>Removes what waits and what is delayed. What SQS itself delays nobody can get at: it is dropped when it comes.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="levels">Its levels.</param>
    /// <param name="marked">The queue at SQS that has the tags.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many.</returns>
    public async ValueTask<long> PurgeAsync(string queue, int[] levels, string marked, CancellationToken cancellationToken)
    {
        var count = 0L;
        foreach (var level in levels)
        {
            count += (await CountAsync(names.Queue(queue, level), cancellationToken).ConfigureAwait(false)).Delayed;
        }

        if (count > 0)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            await client.TagQueueAsync(await urls.GetAsync(marked, cancellationToken).ConfigureAwait(false), new Dictionary<string, string> { [QueueMarks.Purged] = now }, cancellationToken).ConfigureAwait(false);
        }

        var later = await CountAsync(names.Delay(queue), cancellationToken).ConfigureAwait(false);
        if (later.Visible + later.Hidden + later.Delayed is > 0 and var delayed)
        {
            // Nobody works on anything there.
            await client.PurgeQueueAsync(await urls.GetAsync(names.Delay(queue), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            count += delayed;
        }

        foreach (var level in levels)
        {
            count += await PurgeAsync(names.Queue(queue, level), cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    // By taking and deleting: what SQS calls a purge takes what is in hand as well, and for a minute what is sent.
    private async ValueTask<long> PurgeAsync(string name, CancellationToken cancellationToken)
    {
        // What comes meanwhile is not meant: it could go on for ever.
        var most = (await CountAsync(name, cancellationToken).ConfigureAwait(false)).Visible;
        var count = 0L;
        while (count < most)
        {
            var url = await urls.GetAsync(name, cancellationToken).ConfigureAwait(false);
            var options = new SqsReceiveOptions((int)Math.Min(SqsLimits.MaxBatch, most - count), WaitSeconds: 1, HiddenSeconds);
            using var messages = await client.ReceiveMessageAsync(url, options, CancellationToken.None).ConfigureAwait(false);
            if (messages.Count == 0)
            {
                break;
            }

            var handles = new ReadOnlyMemory<byte>[messages.Count];
            for (var i = 0; i < handles.Length; i++)
            {
                handles[i] = messages[i].ReceiptHandle;
            }

            var results = new SqsEntryResult[handles.Length];
            await client.DeleteMessageBatchAsync(url, handles, results, cancellationToken).ConfigureAwait(false);
            count += results.Count(static result => result.IsOk);
        }

        return count;
    }

    private async ValueTask<(long Visible, long Hidden, long Delayed)> CountAsync(string name, CancellationToken cancellationToken)
    {
        if (await urls.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } url)
        {
            return default;
        }

        var counts = await client.GetQueueAttributesAsync(url, Counts, cancellationToken).ConfigureAwait(false);
        return (Number(counts, Counts[0]), Number(counts, Counts[1]), Number(counts, Counts[2]));
    }
}
