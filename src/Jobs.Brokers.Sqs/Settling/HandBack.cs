using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Receiving;

namespace Jobs.Brokers.Sqs.Settling;

/// <summary>Retries, defers and releases messages of FIFO queues in place: a new message would go behind those that it must come before.</summary>
/// <remarks>SQS counts receives, and nothing else, so each time is an attempt. What is due after the 12 hours that SQS hides a message for is left to be copied.</remarks>
internal sealed class HandBack(ReceiverContext context)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Hands back what can be, until each has an answer or its lease has passed.</summary>
    public async ValueTask RunAsync(List<SettleItem> items, CancellationToken cancellationToken)
    {
        var pause = new RetryPause(FirstPause, LongestPause, context.Time);
        while (true)
        {
            var open = items.FindAll(item => item.IsOpen && item.Settlement.Kind is SettleKind.Retry or SettleKind.Defer or SettleKind.Release && SecondsOf(item) is not null);
            foreach (var item in open.Where(item => context.Leases.HasPassed(item.Delivery)))
            {
                item.Result = SettleResult.LeaseLost;
            }

            open.RemoveAll(static item => !item.IsOpen);
            foreach (var part in open.Chunk(SqsLimits.MaxBatch))
            {
                await TryAsync(part).ConfigureAwait(false);
            }

            if (open.TrueForAll(static item => !item.IsOpen) || cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask TryAsync(SettleItem[] items)
    {
        var results = new SqsEntryResult[items.Length];
        try
        {
            var url = await context.Urls.GetAsync(context.NameOf(items[0].Delivery.Level), CancellationToken.None).ConfigureAwait(false);
            await context.Client.ChangeMessageVisibilityBatchAsync(
                url, Array.ConvertAll(items, item => new SqsVisibilityEntry(item.Delivery.Handle, SecondsOf(item) ?? 0)), results, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SqsException)
        {
            context.Telemetry.ErrorSwallowed("settle");
            return;
        }

        for (var i = 0; i < items.Length; i++)
        {
            items[i].Result = results[i].IsOk ? SettleResult.Ok
                : results[i].Error is SqsErrorKind.NotInFlight or SqsErrorKind.ReceiptHandleInvalid ? SettleResult.LeaseLost
                : SettleResult.Unknown;
        }
    }

    // For how long it is to stay hidden; null if SQS cannot.
    private int? SecondsOf(SettleItem item)
    {
        var left = item.Settlement.Kind != SettleKind.Release && item.Settlement.Due is { } due ? due - context.Time.GetUtcNow() : TimeSpan.Zero;
        var most = context.Time.GetElapsedTime(context.Time.GetTimestamp(), item.Delivery.LimitEndsAt);
        return left > most ? null : (int)Math.Ceiling(Math.Max(0, left.TotalSeconds));
    }
}
