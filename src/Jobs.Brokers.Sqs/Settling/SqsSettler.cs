using Jobs.Brokers.Sqs.DeadLetters;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Receiving;
using Jobs.Brokers.Sqs.Sending;
using Jobs.Messages;

namespace Jobs.Brokers.Sqs.Settling;

/// <summary>Ends deliveries: first what must outlive them is stored (copies, dead letters, what a handler enqueued), then they are deleted together.</summary>
/// <remarks>
/// <para>1. SQS deletes for whoever asks, so a delivery whose lease has passed by this process's clock is not ended: it is somebody else's.
/// What was begun in time is carried through, later too.</para>
/// <para>2. Whatever is interrupted is tried again. A copy whose answer was lost is sent again: SQS may then have it twice, but never not at all.</para>
/// </remarks>
internal sealed class SqsSettler(ReceiverContext context, DeliveryPool<SqsDelivery> pool)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Deletions _deletions = new(context);
    private readonly HandBack _handBack = new(context);

    /// <summary>True while the worker drains: nothing lingers.</summary>
    public bool IsHurrying { get; set; }

    /// <inheritdoc cref="Deletions.IsDone"/>
    public bool IsDone(MessageKey key) => _deletions.IsDone(key);

    /// <inheritdoc cref="Deletions.DeleteAgainAsync"/>
    public Task DeleteAgainAsync(int level, IReadOnlyList<ReadOnlyMemory<byte>> handles) => _deletions.DeleteAgainAsync(level, handles);

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
        if (taken.Count > 0)
        {
            await LingerAsync(taken, cancellationToken).ConfigureAwait(false);
        }

        var isDone = taken.Count > 0 && await _deletions.DeleteAsync(taken, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < settlements.Length; i++)
        {
            if (results.Span[i] != SettleResult.Unknown)
            {
                continue;
            }

            var delivery = (SqsDelivery)settlements.Span[i].Delivery;
            if (isDone)
            {
                results.Span[i] = SettleResult.Ok;
                context.InHand.Remove(delivery);
                delivery.End(SettleKind.Complete);
                pool.Return(delivery);
            }
            else
            {
                delivery.Keep();
            }
        }
    }

    // While a few wait, the worker collects more, which then go in one request. Not where a lease is about to end.
    private async ValueTask LingerAsync(List<SqsDelivery> taken, CancellationToken cancellationToken)
    {
        var linger = context.Options.DeleteLinger;
        if (taken.Count % SqsLimits.MaxBatch == 0 || linger <= TimeSpan.Zero || IsHurrying)
        {
            return;
        }

        var latest = context.Time.GetTimestamp() + context.Leases.ToTimestamp(linger + (context.Leases.Lease / 4));
        if (taken.TrueForAll(delivery => delivery.LeaseEndsAt > latest))
        {
            await Task.Delay(linger, context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private List<SqsDelivery> Take(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results)
    {
        var taken = new List<SqsDelivery>(settlements.Length);
        for (var i = 0; i < settlements.Length; i++)
        {
            var delivery = (SqsDelivery)settlements[i].Delivery;
            results[i] = TryTake(delivery, in settlements[i]);
            if (results[i] == SettleResult.Unknown)
            {
                taken.Add(delivery);
            }
        }

        return taken;
    }

    // Unknown if it is ours to end, else how it has ended.
    private SettleResult TryTake(SqsDelivery delivery, in Settlement settlement)
    {
        if (!delivery.TryBeginSettling(settlement.Generation))
        {
            return delivery.WasSettled(settlement.Generation, settlement.Kind) ? SettleResult.Ok : SettleResult.LeaseLost;
        }

        if (context.Leases.HasPassed(delivery))
        {
            Lose(delivery);
            return SettleResult.LeaseLost;
        }

        return SettleResult.Unknown;
    }

    private async ValueTask SettleEachAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        var items = Begin(settlements.Span, results.Span);
        try
        {
            await SendThenAsync(items, cancellationToken).ConfigureAwait(false);
            if (context.IsFifo)
            {
                await _handBack.RunAsync(items, cancellationToken).ConfigureAwait(false);
            }

            await StoreAsync(items, cancellationToken).ConfigureAwait(false);
            var stored = items.FindAll(static item => item is { IsOpen: true, IsStored: true });
            if (stored.Count > 0 && await _deletions.DeleteAsync(stored.ConvertAll(static item => item.Delivery), cancellationToken).ConfigureAwait(false))
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

    // What handlers enqueued is stored before their jobs are completed.
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
        while (true)
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

            if (cancellationToken.IsCancellationRequested || context.Time.GetElapsedTime(begun) > Patience)
            {
                return;
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // False if one of them is worth another try.
    private async ValueTask<bool> TryStoreAsync(List<SettleItem> open, CancellationToken cancellationToken)
    {
        var operation = new SendOperation(open.Count, isRepeatable: true);
        var outboxes = open.Select((item, index) => Add(operation, index, item)).ToHashSet();
        await context.Sender.RunAsync(operation, outboxes, cancellationToken).ConfigureAwait(false);
        var isDone = true;
        for (var i = 0; i < open.Count; i++)
        {
            open[i].IsStored = operation[i].IsStored;
            if (!operation[i].IsStored)
            {
                isDone = false;
                context.Telemetry.ErrorSwallowed("settle");
                Log.StoreRefused(context.Logger, context.Queue, operation[i].Error?.Message ?? operation[i].Status.ToString());
            }
        }

        return isDone;
    }

    private Outbox Add(SendOperation operation, int index, SettleItem item)
    {
        var (delivery, settlement) = (item.Delivery, item.Settlement);
        if (settlement.Kind == SettleKind.DeadLetter)
        {
            var note = new DeathNote(
                delivery.Message?.Id.ToString() ?? delivery.BrokerMessageId,
                settlement.Reason ?? (delivery.Message is null ? DeadLetterReason.Undecodable : DeadLetterReason.Rejected),
                settlement.Error ?? delivery.DecodeError,
                context.Time.GetUtcNow());
            return context.Sender.AddDead(operation, index, context.Queue, note, delivery.Document.Span, item.State);
        }

        return context.Sender.AddCopy(
            operation,
            index,
            context.Queue,
            delivery.Level,
            delivery.Message,
            delivery.Document.Span,
            item.State,
            settlement.Kind == SettleKind.Release ? null : settlement.Due,
            delivery.Message is { } message ? $"{message.Id}:{message.State.Copy + 1}" : $"{delivery.BrokerMessageId}:copy");
    }

    private void End(SettleItem item)
    {
        if (item.Result == SettleResult.Unknown)
        {
            item.Delivery.Keep();
        }
        else if (item.Result == SettleResult.LeaseLost)
        {
            Lose(item.Delivery);
        }
        else
        {
            context.InHand.Remove(item.Delivery);
            item.Delivery.End(item.Settlement.Kind);
            if (item.Settlement.Kind == SettleKind.Complete)
            {
                pool.Return(item.Delivery);
            }
        }
    }

    private void Lose(SqsDelivery delivery)
    {
        context.InHand.Remove(delivery);
        delivery.Lose();
    }

    private SqsDelivery Own(JobDelivery delivery) =>
        delivery is SqsDelivery own && own.Queue == context.Queue
            ? own
            : throw new ArgumentException($"The delivery is not one of queue '{context.Queue}' of this SQS broker.", nameof(delivery));
}
