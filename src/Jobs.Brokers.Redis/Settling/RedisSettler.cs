using System.Collections.Concurrent;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Brokers.Redis.Scripts;
using Jobs.Messages;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Settling;

/// <summary>Ends deliveries: completions of one stream in one call, all else in a call each, all of them under way together.</summary>
/// <remarks>
/// <para>1. A completion whose lease cannot have passed is not checked: nobody can have taken it. Everything else is checked by the script,
/// by owner and count of deliveries, so that a late settlement changes nothing.</para>
/// <para>2. Whatever is interrupted is tried again, for <see cref="Patience"/>; a completion that is found gone then was carried out the first time.</para>
/// </remarks>
internal sealed class RedisSettler(ReceiverContext context, RedisBroker broker, DeliveryPool<RedisDelivery> pool)
{
    // What Lua unpacks is limited to some 8,000 values.
    private const int LargestCall = 2_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EntryId, SettleItem> _completing = new();
    private readonly ConcurrentDictionary<EntryId, GivenUp> _givenUp = new();

    /// <summary>True if an entry's job is done, and its completion has not been confirmed.</summary>
    public bool IsCompleting(EntryId entry) => _completing.ContainsKey(entry) || _givenUp.ContainsKey(entry);

    /// <summary>Completes what was given up on while the server was away, unless somebody else has it by now.</summary>
    public async ValueTask CompleteGivenUpAsync()
    {
        if (_givenUp.IsEmpty)
        {
            return;
        }

        var all = _givenUp.Values;
        for (var level = 0; level < context.Keys.Streams.Count; level++)
        {
            foreach (var chunk in all.Where(entry => entry.Level == level).Chunk(200))
            {
                await CompleteGivenUpAsync(level, chunk).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes entries that are this consumer's, and done.</summary>
    public async ValueTask CompleteAsync(int level, List<EntryId> entries)
    {
        var command = SettleCall.BeginComplete(context, level);
        foreach (var entry in entries)
        {
            command.AddId(entry.Milliseconds, entry.Sequence);
        }

        (await context.Client.SendAsync(command, CancellationToken.None).ConfigureAwait(false)).Dispose();
    }

    /// <summary>Ends deliveries; at least one.</summary>
    public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken) =>
        IsPlain(settlements.Span) ? CompleteAllAsync(settlements, results, cancellationToken) : SettleEachAsync(settlements, results, cancellationToken);

    // Nothing but completions of one stream whose leases cannot have passed: what a busy worker settles most of the time.
    private bool IsPlain(ReadOnlySpan<Settlement> settlements)
    {
        var level = Own(settlements[0].Delivery).Level;
        foreach (ref readonly var settlement in settlements)
        {
            if (settlement is not { Kind: SettleKind.Complete, Then: null or { Count: 0 } }
                || Own(settlement.Delivery) is not { } delivery || delivery.Level != level || context.Leases.MayHavePassed(delivery))
            {
                return false;
            }
        }

        return settlements.Length <= LargestCall;
    }

    private async ValueTask CompleteAllAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        if (BeginCompletion(settlements.Span, results.Span) is not { } command)
        {
            return;
        }

        Exception? failure = null;
        try
        {
            (await context.Client.ExecuteAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            failure = error;
        }
        finally
        {
            command.Release();
        }

        var open = EndCompletion(settlements.Span, results.Span, failure);
        if (open is not null)
        {
            await FinishAsync(open, results, cancellationToken).ConfigureAwait(false);
        }
    }

    // Takes the deliveries; null if none could be taken. Those taken have no result yet.
    private RespCommand? BeginCompletion(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results)
    {
        RespCommand? command = null;
        for (var i = 0; i < settlements.Length; i++)
        {
            ref readonly var settlement = ref settlements[i];
            var delivery = (RedisDelivery)settlement.Delivery;
            if (!delivery.TryBeginSettling(settlement.Generation))
            {
                results[i] = delivery.WasSettled(settlement.Generation, SettleKind.Complete) ? SettleResult.Ok : SettleResult.LeaseLost;
                continue;
            }

            results[i] = SettleResult.Unknown;
            command ??= SettleCall.BeginComplete(context, delivery.Level);
            command.AddId(delivery.Entry.Milliseconds, delivery.Entry.Sequence);
        }

        return command;
    }

    // Done; or what is left to be tried again.
    private List<SettleItem>? EndCompletion(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results, Exception? failure)
    {
        List<SettleItem>? open = null;
        for (var i = 0; i < settlements.Length; i++)
        {
            if (results[i] != SettleResult.Unknown)
            {
                continue;
            }

            var delivery = (RedisDelivery)settlements[i].Delivery;
            if (failure is null)
            {
                results[i] = SettleResult.Ok;
                delivery.End(SettleKind.Complete);
                pool.Return(delivery);
                continue;
            }

            var item = new SettleItem(i, delivery, settlements[i], default);
            item.Interrupted(failure);
            (open ??= []).Add(item);
        }

        return open;
    }

    private async ValueTask SettleEachAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        var items = Begin(settlements.Span, results.Span);
        await FinishAsync(items, results, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FinishAsync(List<SettleItem> items, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        try
        {
            await SendThenAsync(items, cancellationToken).ConfigureAwait(false);
            await SettleAllAsync(items, cancellationToken).ConfigureAwait(false);
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
            Begin(settlements, results, items);
            return items;
        }
        catch
        {
            items.ForEach(static item => item.Delivery.Keep());
            throw;
        }
    }

    private void Begin(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results, List<SettleItem> items)
    {
        for (var i = 0; i < settlements.Length; i++)
        {
            var settlement = settlements[i];
            var delivery = Own(settlement.Delivery);
            var state = AdapterRules.StateOf(in settlement);
            if (delivery.TryBeginSettling(settlement.Generation))
            {
                items.Add(new SettleItem(i, delivery, settlement, state));
            }
            else
            {
                results[i] = delivery.WasSettled(settlement.Generation, settlement.Kind) ? SettleResult.Ok : SettleResult.LeaseLost;
            }
        }
    }

    // What a handler enqueued is stored before its job is completed. Ids are derived, so that a second try stores nothing twice.
    private async ValueTask SendThenAsync(List<SettleItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            if (item.Settlement is not { Kind: SettleKind.Complete, Then: { Count: > 0 } then })
            {
                continue;
            }

            if (context.Leases.MayHavePassed(item.Delivery) && await LeaseRenewal.IsLostAsync(context, item.Delivery, cancellationToken).ConfigureAwait(false))
            {
                item.Result = SettleResult.LeaseLost;
                continue;
            }

            var messages = new JobMessage[then.Count];
            for (var i = 0; i < messages.Length; i++)
            {
                messages[i] = then[i];
            }

            var results = new SendResult[messages.Length];
            await broker.SendThenAsync(messages, results, cancellationToken).ConfigureAwait(false);
            if (Array.FindIndex(results, static result => !result.IsStored) is >= 0 and var first)
            {
                var refused = results[first];
                item.IsRefused = true;
                context.Telemetry.ErrorSwallowed("settle");
                Log.ThenRefused(context.Logger, context.Keys.Queue, refused.Error?.Message ?? refused.Status.ToString());
            }
        }
    }

    private async ValueTask SettleAllAsync(List<SettleItem> items, CancellationToken cancellationToken)
    {
        // Before anything is waited for: when the server is back, an entry may come again sooner than this gets through.
        foreach (var item in items)
        {
            if (item is { IsOpen: true, Settlement.Kind: SettleKind.Complete })
            {
                _completing[item.Delivery.Entry] = item;
            }
        }

        var begun = context.Time.GetTimestamp();
        var pause = new RetryPause(FirstPause, LongestPause, context.Time);
        while (true)
        {
            var open = items.FindAll(static item => item.IsOpen);
            if (open.Count == 0)
            {
                return;
            }

            var error = await TrySettleAsync(open, cancellationToken).ConfigureAwait(false);
            if (error is null)
            {
                continue;
            }

            context.Telemetry.ErrorSwallowed("settle");
            if (pause.IsFirst)
            {
                Log.SettleInterrupted(context.Logger, open.Count, context.Keys.Queue, error.Message);
            }

            if (cancellationToken.IsCancellationRequested || context.Time.GetElapsedTime(begun) > Patience)
            {
                return;
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One round: everything is under way before the first answer is waited for.
    private async ValueTask<Exception?> TrySettleAsync(List<SettleItem> open, CancellationToken cancellationToken)
    {
        var calls = new List<SettleCall>();
        Exception? failure = null;
        try
        {
            await context.Client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
            BeginCompletions(open, calls, cancellationToken);
            foreach (var item in open.Where(static item => item.Settlement.Kind != SettleKind.Complete))
            {
                calls.Add(SettleCall.Other(context, item, cancellationToken));
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or JobConfigurationException)
        {
            failure = error;
        }

        foreach (var call in calls)
        {
            failure = await call.FinishAsync().ConfigureAwait(false) ?? failure;
        }

        return failure;
    }

    // Those of a level together; what may have run before, or may be somebody else's by now, is checked.
    private void BeginCompletions(List<SettleItem> open, List<SettleCall> calls, CancellationToken cancellationToken)
    {
        var groups = new List<SettleItem>?[2 * context.Keys.Streams.Count];
        foreach (var item in open)
        {
            if (item.Settlement.Kind == SettleKind.Complete)
            {
                var isChecked = item.MayHaveRun || context.Leases.MayHavePassed(item.Delivery);
                (groups[(2 * item.Delivery.Level) + (isChecked ? 1 : 0)] ??= []).Add(item);
            }
        }

        for (var group = 0; group < groups.Length; group++)
        {
            foreach (var chunk in groups[group]?.Chunk(LargestCall) ?? [])
            {
                calls.Add(SettleCall.Complete(context, group / 2, chunk, isChecked: group % 2 == 1, cancellationToken));
            }
        }
    }

    private void End(SettleItem item)
    {
        if (item.Result == SettleResult.Unknown)
        {
            if (item is { IsRefused: false, Settlement.Kind: SettleKind.Complete })
            {
                _givenUp[item.Delivery.Entry] = new GivenUp(item.Delivery.Entry, item.Delivery.Level, item.Delivery.Deliveries);
                _completing.TryRemove(item.Delivery.Entry, out _);
            }

            item.Delivery.Keep();
            return;
        }

        _completing.TryRemove(item.Delivery.Entry, out _);
        item.Delivery.End(item.Settlement.Kind);
        if (item is { Result: SettleResult.Ok, Settlement.Kind: SettleKind.Complete })
        {
            pool.Return(item.Delivery);
        }
    }

    private async ValueTask CompleteGivenUpAsync(int level, GivenUp[] all)
    {
        var command = RespCommand.Rent(QueueScripts.CompleteOwned, 1).Key(context.Keys.Streams[level]).Add(context.Consumer);
        foreach (var (entry, _, deliveries) in all)
        {
            command.AddId(entry.Milliseconds, entry.Sequence).Add(deliveries);
        }

        (await context.Client.SendAsync(command, CancellationToken.None).ConfigureAwait(false)).Dispose();

        foreach (var (entry, _, _) in all)
        {
            _givenUp.TryRemove(entry, out _);
        }
    }

    private RedisDelivery Own(JobDelivery delivery) =>
        delivery is RedisDelivery own && own.Queue == context.Keys.Queue
            ? own
            : throw new ArgumentException($"The delivery is not one of queue '{context.Keys.Queue}' of this Redis broker.", nameof(delivery));

    private sealed record GivenUp(EntryId Entry, int Level, int Deliveries);
}
