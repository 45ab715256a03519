using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Jobs.Brokers.Nats.DeadLetters;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Receiving;
using Jobs.Brokers.Nats.Sending;
using Jobs.Messages;

namespace Jobs.Brokers.Nats.Settling;

/// <summary>Ends deliveries: first what must outlive them is stored (copies, dead letters, what a handler enqueued), then they are acknowledged together.</summary>
/// <remarks>
/// <para>1. The server acknowledges for whoever asks, so a delivery whose lease has passed by this process's clock is not ended: it is somebody else's.
/// What was begun in time is carried through, later too.</para>
/// <para>2. Whatever is interrupted is tried again, for <see cref="Patience"/>. What was stored twice is one message: its stream recognises it.</para>
/// </remarks>
internal sealed class NatsSettler(ReceiverContext context, DeliveryPool<NatsDelivery> pool)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Done here, but not confirmed: a redelivery is acknowledged, not handed out.
    // By sequence and time, for a stream that is made anew counts anew; with the timestamp of when that was last heard of.
    private readonly ConcurrentDictionary<(ulong Sequence, long StoredAt), long> _unconfirmed = new();
    private readonly ForgottenDeliveries _forgotten = new(context);
    private AckFlush? _spare;

    /// <summary>True if all that was to be done about a message is done, and its acknowledgement has not been confirmed.</summary>
    public bool IsUnconfirmed(in AckSubject ack) => !_unconfirmed.IsEmpty && _unconfirmed.ContainsKey((ack.StreamSequence, ack.Timestamp));

    /// <summary>There is a connection: what is unconfirmed may come again from now on.</summary>
    public void ExpectUnconfirmed()
    {
        foreach (var key in _unconfirmed.Keys)
        {
            _unconfirmed[key] = context.Time.GetTimestamp();
        }
    }

    /// <summary>What has not come again for long was acknowledged, and only the answer was lost. For while there is a connection.</summary>
    public void ForgetUnconfirmed()
    {
        foreach (var (key, heardOf) in _unconfirmed)
        {
            if (context.Time.GetElapsedTime(heardOf) > Patience + (4 * context.Leases.Lease))
            {
                _unconfirmed.TryRemove(key, out _);
            }
        }
    }

    /// <summary>Acknowledges another delivery of what is done.</summary>
    public void AcknowledgeAgain(in AckSubject ack, ReadOnlySpan<byte> ackSubject)
    {
        _unconfirmed[(ack.StreamSequence, ack.Timestamp)] = context.Time.GetTimestamp();
        try
        {
            context.Client.Publish(ackSubject, [], [], "+ACK"u8);
        }
        catch (NatsException)
        {
            // It comes once more.
            context.Telemetry.ErrorSwallowed("settle");
        }
    }

    /// <summary>Ends deliveries.</summary>
    public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken) =>
        IsPlain(settlements.Span) ? CompleteAllAsync(settlements, results, cancellationToken) : SettleEachAsync(settlements, results, cancellationToken);

    // Nothing but completions that leave nothing behind: what a busy worker settles most of the time.
    private bool IsPlain(ReadOnlySpan<Settlement> settlements)
    {
        var isPlain = true;
        foreach (ref readonly var settlement in settlements)
        {
            Own(settlement.Delivery);
            isPlain &= settlement is { Kind: SettleKind.Complete, Then: null or { Count: 0 } };
        }

        return isPlain;
    }

    private async ValueTask CompleteAllAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        var taken = Take(settlements.Span, results.Span);
        var isDone = taken.Count > 0 && await AcknowledgeAsync(taken, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < settlements.Length; i++)
        {
            if (results.Span[i] != SettleResult.Unknown)
            {
                continue;
            }

            var delivery = (NatsDelivery)settlements.Span[i].Delivery;
            if (isDone)
            {
                results.Span[i] = SettleResult.Ok;
                delivery.End(SettleKind.Complete);
                pool.Return(delivery);
            }
            else
            {
                delivery.Keep();
            }
        }
    }

    private List<NatsDelivery> Take(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results)
    {
        var taken = new List<NatsDelivery>(settlements.Length);
        for (var i = 0; i < settlements.Length; i++)
        {
            var delivery = (NatsDelivery)settlements[i].Delivery;
            results[i] = TryTake(delivery, in settlements[i]);
            if (results[i] == SettleResult.Unknown)
            {
                taken.Add(delivery);
            }
        }

        return taken;
    }

    // Unknown if it is ours to end, else how it has ended.
    private SettleResult TryTake(NatsDelivery delivery, in Settlement settlement)
    {
        if (!delivery.TryBeginSettling(settlement.Generation))
        {
            return delivery.WasSettled(settlement.Generation, settlement.Kind) ? SettleResult.Ok : SettleResult.LeaseLost;
        }

        if (context.Leases.HasPassed(delivery))
        {
            delivery.Lose();
            return SettleResult.LeaseLost;
        }

        return SettleResult.Unknown;
    }

    // False if there was no answer.
    private async ValueTask<bool> AcknowledgeAsync(List<NatsDelivery> deliveries, CancellationToken cancellationToken)
    {
        var begun = context.Time.GetTimestamp();
        var pause = new RetryPause(FirstPause, LongestPause, context.Time);
        var open = deliveries;
        while (open.Count > 0)
        {
            try
            {
                await FlushAsync(open).ConfigureAwait(false);
                break;
            }
            catch (NatsException error)
            {
                context.Telemetry.ErrorSwallowed("settle");
                open.ForEach(delivery => _unconfirmed[(delivery.Sequence, delivery.StoredAt)] = context.Time.GetTimestamp());
                if (pause.IsFirst)
                {
                    Log.SettleInterrupted(context.Logger, deliveries.Count, context.Queue, error.Message);
                }
            }

            if (!await RestAsync(begun, pause, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            open = await MendAsync(open, cancellationToken).ConfigureAwait(false);
        }

        if (!_unconfirmed.IsEmpty)
        {
            deliveries.ForEach(delivery => _unconfirmed.TryRemove((delivery.Sequence, delivery.StoredAt), out _));
        }

        return true;
    }

    // A consumer that was deleted answers no more, and whoever waits for its answer may be the one who would receive, and so notice.
    private async ValueTask<List<NatsDelivery>> MendAsync(List<NatsDelivery> deliveries, CancellationToken cancellationToken)
    {
        try
        {
            return await _forgotten.EndAsync(deliveries, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or JobConfigurationException)
        {
            // The next try says whether that matters.
            context.Telemetry.ErrorSwallowed("consumer");
            return deliveries;
        }
    }

    private async ValueTask FlushAsync(List<NatsDelivery> deliveries)
    {
        var flush = Interlocked.Exchange(ref _spare, null) ?? new AckFlush();
        await flush.SendAsync(context.Client, "+ACK"u8, CollectionsMarshal.AsSpan(deliveries), AnswerTimeout).ConfigureAwait(false);
        _spare = flush;
    }

    // False if it is not worth another try.
    private async ValueTask<bool> RestAsync(long begun, RetryPause pause, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || context.Time.GetElapsedTime(begun) > Patience)
        {
            return false;
        }

        try
        {
            await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            await context.Client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is OperationCanceledException or JobConfigurationException)
        {
            return !cancellationToken.IsCancellationRequested;
        }
    }

    private async ValueTask SettleEachAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        var items = Begin(settlements.Span, results.Span);
        try
        {
            await SendThenAsync(items, cancellationToken).ConfigureAwait(false);
            await StoreAsync(items, cancellationToken).ConfigureAwait(false);
            var stored = items.FindAll(static item => item is { IsOpen: true, IsStored: true });
            if (stored.Count > 0 && await AcknowledgeAsync(stored.ConvertAll(static item => item.Delivery), cancellationToken).ConfigureAwait(false))
            {
                stored.ForEach(static item => item.Result = SettleResult.Ok);
            }
        }
        finally
        {
            foreach (var item in items)
            {
                results.Span[item.Index] = item.Result;
                End(item);
            }
        }
    }

    private List<SettleItem> Begin(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results)
    {
        var items = new List<SettleItem>(settlements.Length);
        try
        {
            for (var i = 0; i < settlements.Length; i++)
            {
                var delivery = Own(settlements[i].Delivery);
                var state = AdapterRules.StateOf(in settlements[i]);
                results[i] = TryTake(delivery, in settlements[i]);
                if (results[i] == SettleResult.Unknown)
                {
                    items.Add(new SettleItem(i, delivery, settlements[i], state));
                }
            }

            return items;
        }
        catch
        {
            items.ForEach(static item => item.Delivery.Keep());
            throw;
        }
    }

    // What handlers enqueued is stored before their jobs are completed. Ids are derived, so that a second try stores nothing twice.
    private async ValueTask SendThenAsync(List<SettleItem> items, CancellationToken cancellationToken)
    {
        var parents = items.FindAll(static item => item.Settlement is { Kind: SettleKind.Complete, Then: { Count: > 0 } });
        if (parents.Count == 0)
        {
            return;
        }

        var messages = parents.SelectMany(static parent => parent.Settlement.Then!).ToArray();
        var results = new SendResult[messages.Length];
        await QueuedSends.ByQueueAsync(
            messages, results, (queue, part, answers, token) => context.Sender.SendAsync(queue, part, answers, isThen: true, token), cancellationToken).ConfigureAwait(false);
        var next = 0;
        foreach (var parent in parents)
        {
            var own = results.AsSpan(next, parent.Settlement.Then!.Count);
            next += own.Length;
            foreach (var result in own)
            {
                if (!result.IsStored && !parent.IsRefused)
                {
                    parent.IsRefused = true;
                    context.Telemetry.ErrorSwallowed("settle");
                    Log.ThenRefused(context.Logger, context.Queue, result.Error?.Message ?? result.Status.ToString());
                }
            }
        }
    }

    // Copies and dead letters, all under way together.
    private async ValueTask StoreAsync(List<SettleItem> items, CancellationToken cancellationToken)
    {
        var begun = context.Time.GetTimestamp();
        var pause = new RetryPause(FirstPause, LongestPause, context.Time);
        do
        {
            var open = items.FindAll(static item => item is { IsOpen: true, IsStored: false });
            foreach (var item in open.Where(item => context.Leases.HasPassed(item.Delivery)))
            {
                item.Result = SettleResult.LeaseLost;
            }

            open.RemoveAll(static item => !item.IsOpen);
            if (open.Count == 0 || await TryStoreAsync(open, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
        while (await RestAsync(begun, pause, cancellationToken).ConfigureAwait(false));
    }

    // False if one of them is worth another try.
    private async ValueTask<bool> TryStoreAsync(List<SettleItem> open, CancellationToken cancellationToken)
    {
        using var operation = SendOperation.Rent(open.Count);
        open.ForEach(item => Add(operation, item));
        await context.Sender.RunAsync(operation, cancellationToken).ConfigureAwait(false);
        var isDone = true;
        for (var i = 0; i < open.Count; i++)
        {
            var result = operation.ResultOf(i);
            open[i].IsStored = result.IsStored;
            if (!result.IsStored)
            {
                isDone = false;
                context.Telemetry.ErrorSwallowed("settle");
                Log.StoreRefused(context.Logger, context.Queue, result.Error?.Message ?? result.Status.ToString());
            }
        }

        return isDone;
    }

    private void Add(SendOperation operation, SettleItem item)
    {
        var (delivery, settlement) = (item.Delivery, item.Settlement);
        if (settlement.Kind == SettleKind.DeadLetter)
        {
            var key = delivery.Message?.Id.ToString() ?? delivery.BrokerMessageId;
            var reason = settlement.Reason ?? (delivery.Message is null ? DeadLetterReason.Undecodable : DeadLetterReason.Rejected);
            var headers = operation.Headers;
            DeadHeaders.Write(headers, key, item.State.Span, reason, settlement.Error ?? delivery.DecodeError);
            context.Sender.AddDead(operation, context.Queue, key, headers, delivery.Document);
            return;
        }

        context.Sender.AddCopy(
            operation,
            context.Queue,
            delivery.Level,
            delivery.Message is { } message ? MessageIds.Of(message.Id, message.State.Copy + 1) : MessageIds.OfUndecodable(delivery.BrokerMessageId),
            settlement.Kind == SettleKind.Release ? null : settlement.Due,
            delivery.Document,
            item.State.Span);
    }

    private void End(SettleItem item)
    {
        if (item.Result == SettleResult.Unknown)
        {
            item.Delivery.Keep();
        }
        else if (item.Result == SettleResult.LeaseLost)
        {
            item.Delivery.Lose();
        }
        else
        {
            item.Delivery.End(item.Settlement.Kind);
            if (item.Settlement.Kind == SettleKind.Complete)
            {
                pool.Return(item.Delivery);
            }
        }
    }

    private NatsDelivery Own(JobDelivery delivery) =>
        delivery is NatsDelivery own && own.Queue == context.Queue
            ? own
            : throw new ArgumentException($"The delivery is not one of queue '{context.Queue}' of this NATS broker.", nameof(delivery));
}
