using Jobs.Brokers.Sqs.Administration;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Brokers.Sqs.Sending;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Delaying;

/// <summary>Moves what is due soon from the delay queue of one queue to the queue, where the rest is a delay of SQS's own.</summary>
/// <remarks>
/// <para>1. What is not due soon is parked: hidden for up to 12 hours, which costs nothing while it lasts. What is older than SQS keeps messages, or cannot be
/// parked because too many are, hops: a new message takes its place.</para>
/// <para>2. The new message is stored before the old one is deleted: a crash between the two may leave both, never neither.</para>
/// <para>3. The loop never dies from an exception, and says once that it is interrupted. Any number of processes may look after one queue.</para>
/// </remarks>
internal sealed class DelayPromoter(
    ISqsClient client, QueueUrls urls, SqsSender sender, SqsNames names, string queue, DelayLimits limits, TimeProvider time, JobsTelemetry telemetry, ILogger logger) : IAsyncDisposable
{
    private static readonly string[] AttributeNames = [DelayNote.Attribute, Bodies.EncodingAttribute];

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly bool _isFifo = names.IsFifo(queue);

    // Longer than a batch takes. A FIFO queue takes a message once, however often it is moved, so there what a dead process held comes back soon.
    private readonly int _hiddenSeconds = names.IsFifo(queue) ? 5 : 60;
    private readonly string _name = names.Delay(queue);
    private Task? _running;
    private bool _isInterrupted;

    /// <summary>Begins to look; again, it does nothing.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _running ??= Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_running is { } running)
        {
            await running.ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync().ConfigureAwait(false);
                _isInterrupted = false;
            }
#pragma warning disable CA1031 // A loop that ends would leave what is delayed for ever.
            catch (Exception error) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                telemetry.ErrorSwallowed("promote");
                if (!_isInterrupted)
                {
                    _isInterrupted = true;
                    Log.PromoteInterrupted(logger, queue, error is SqsException told ? Problems.Explain(told, _name).Message : error.Message);
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }

            // Not all processes at once.
            await Task.Delay(limits.Period * (0.75 + (Random.Shared.NextDouble() / 2)), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Moves or parks all there is to see.
    private async ValueTask LookAsync()
    {
        while (!_stop.IsCancellationRequested && await urls.FindAsync(_name, _stop.Token).ConfigureAwait(false) is { } url)
        {
            // A FIFO queue has no delays of its own, so it is waited for what is due.
            var options = new SqsReceiveOptions(SqsLimits.MaxBatch, _isFifo ? SqsLimits.MaxWaitSeconds : 1, _hiddenSeconds) { AttributeNames = AttributeNames };
            using var messages = await client.ReceiveMessageAsync(url, options, _stop.Token).ConfigureAwait(false);
            if (messages.Count > 0)
            {
                await MoveAsync(url, messages).ConfigureAwait(false);
            }
            else if (!_isFifo)
            {
                return;
            }
        }
    }

    private async ValueTask MoveAsync(string url, SqsMessages messages)
    {
        var moves = new List<int>();
        var hops = new List<int>();
        var parks = new List<SqsVisibilityEntry>();
        var now = time.GetUtcNow();
        bool? canPark = null;
        for (var i = 0; i < messages.Count; i++)
        {
            var left = LeftOf(messages[i], now);
            if (left <= (_isFifo ? TimeSpan.Zero : limits.Native))
            {
                moves.Add(i);
                continue;
            }

            var park = ParkOf(messages[i], left, now);
            if (park > TimeSpan.Zero && (canPark ??= await CanParkAsync(url).ConfigureAwait(false)))
            {
                parks.Add(new SqsVisibilityEntry(messages[i].ReceiptHandle, (int)Math.Ceiling(park.TotalSeconds)));
            }
            else
            {
                hops.Add(i);
            }
        }

        if (parks.Count > 0)
        {
            // One that is not parked comes again, sooner or later than it is due: that is why a stop does not cut this off.
            await client.ChangeMessageVisibilityBatchAsync(url, parks.ToArray(), new SqsEntryResult[parks.Count], CancellationToken.None).ConfigureAwait(false);
        }

        await SendAsync(url, messages, moves, hops, now).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(string url, SqsMessages messages, List<int> moves, List<int> hops, DateTimeOffset now)
    {
        if (moves.Count + hops.Count == 0)
        {
            return;
        }

        var places = moves.Concat(hops).ToArray();
        var operation = new SendOperation(places.Length, isRepeatable: true);
        var outboxes = new HashSet<Outbox>();
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var message = ref messages[places[i]];
            outboxes.Add(i < moves.Count
                ? sender.AddPromoted(operation, i, queue, message)
                : sender.AddHop(operation, i, queue, message, sender.UntilMoved(LeftOf(message, now), _isFifo)));
        }

        await sender.RunAsync(operation, outboxes, CancellationToken.None).ConfigureAwait(false);
        var stored = Array.ConvertAll(places.Where((_, i) => operation[i].IsStored).ToArray(), place => messages[place].ReceiptHandle);
        if (stored.Length > 0)
        {
            await client.DeleteMessageBatchAsync(url, stored, new SqsEntryResult[stored.Length], CancellationToken.None).ConfigureAwait(false);
        }

        if (Enumerable.Range(0, places.Length).FirstOrDefault(i => !operation[i].IsStored, -1) is >= 0 and var failed)
        {
            throw operation[failed].Error ?? new IOException($"SQS did not take a delayed message: {operation[failed].Status}.");
        }
    }

    private static TimeSpan LeftOf(in SqsMessage message, DateTimeOffset now) =>
        DueTime.FromMilliseconds(DelayNote.Of(message).Due) - now;

    // Until shortly before it is due; but not longer than SQS allows, nor until SQS forgets it.
    private TimeSpan ParkOf(in SqsMessage message, TimeSpan left, DateTimeOffset now)
    {
        var park = _isFifo ? left : left - limits.Ahead;
        park = park > limits.LongestPark ? limits.LongestPark : park;
        var life = limits.Oldest - (now - message.SentAt);
        return park > life ? life : park;
    }

    private async ValueTask<bool> CanParkAsync(string url)
    {
        var counts = await client.GetQueueAttributesAsync(url, [SqsAttributeNames.ApproximateNumberOfMessagesNotVisible], CancellationToken.None).ConfigureAwait(false);
        return QueueState.Number(counts, SqsAttributeNames.ApproximateNumberOfMessagesNotVisible) < limits.MostParked;
    }
}
