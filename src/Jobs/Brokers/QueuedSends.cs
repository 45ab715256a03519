using Jobs.Messages;

namespace Jobs.Brokers;

/// <summary>Sends of several queues, and to full ones, in terms of sends to one. For adapters.</summary>
internal static class QueuedSends
{
    private static readonly TimeSpan ShortestWaitForRoom = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWaitForRoom = TimeSpan.FromSeconds(1);

    /// <summary>Sends to one queue.</summary>
    public delegate ValueTask Send(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken);

    /// <summary>Sends messages to their queues, all queues at once.</summary>
    public static ValueTask ByQueueAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, Send send, CancellationToken cancellationToken)
    {
        var queue = messages.Span[0].Queue;
        foreach (var message in messages.Span)
        {
            if (message.Queue != queue)
            {
                return SplitAsync(messages, results, send, cancellationToken);
            }
        }

        return send(queue, messages, results, cancellationToken);
    }

    /// <summary>Sends what was refused by a full queue until it has room or the token ends the wait: the server does not tell, so it is asked less and less often.</summary>
    public static async ValueTask WaitForRoomAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, Send send, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var pause = new RetryPause(ShortestWaitForRoom, LongestWaitForRoom, time); ;)
        {
            var refused = Places.Of(SendStatus.QueueFull, results.Span[..messages.Length]);
            if (refused.Length == 0)
            {
                return;
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                Array.ForEach(refused, i => results.Span[i] = new SendResult(SendStatus.Failed, new OperationCanceledException(cancellationToken)));
                return;
            }

            await SendSomeAsync(queue, refused, messages, results, send, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async ValueTask SplitAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, Send send, CancellationToken cancellationToken)
    {
        var queues = Places.By(messages.Length, i => messages.Span[i].Queue);
        var sending = new List<Task>(queues.Count);
        foreach (var (queue, places) in queues)
        {
            sending.Add(SendSomeAsync(queue, [.. places], messages, results, send, cancellationToken).AsTask());
        }

        await Task.WhenAll(sending).ConfigureAwait(false);
    }

    private static async ValueTask SendSomeAsync(string queue, int[] places, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, Send send, CancellationToken cancellationToken)
    {
        var part = new SendResult[places.Length];
        await send(queue, Array.ConvertAll(places, i => messages.Span[i]), part, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < places.Length; i++)
        {
            results.Span[places[i]] = part[i];
        }
    }
}
