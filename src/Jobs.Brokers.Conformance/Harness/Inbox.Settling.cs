using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <content>Ends of deliveries.</content>
internal sealed partial class Inbox
{
    public JobFailure Failure(int attempt = 1, string message = "it failed") =>
        new() { Attempt = attempt, At = bench.Now, Type = "Conformance.ProbeException", Message = message, Stack = "   at Probe.Run()", Worker = "conformance" };

    public async Task<SettleResult> SettleAsync(Settlement settlement) => (await SettleAllAsync(settlement))[0];

    public async Task<SettleResult[]> SettleAllAsync(params Settlement[] settlements)
    {
        var results = new SettleResult[settlements.Length];
        await bench.WithinAsync(receiver.SettleAsync(settlements, results, Token));
        return results;
    }

    /// <summary>Ends deliveries, which must work.</summary>
    public async Task CompleteAsync(params JobDelivery[] deliveries)
    {
        var results = await SettleAllAsync([.. deliveries.Select(static delivery => Completion(delivery))]);
        Assert.All(results, static result => Assert.Equal(SettleResult.Ok, result));
    }

    public async Task RetryAsync(JobDelivery delivery, DateTimeOffset? due = null, JobFailure? failure = null) =>
        Assert.Equal(SettleResult.Ok, await SettleAsync(Retry(delivery, due, failure)));

    public async Task DeferAsync(JobDelivery delivery, DateTimeOffset due) =>
        Assert.Equal(SettleResult.Ok, await SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Defer, Due = due }));

    public async Task ReleaseAsync(params JobDelivery[] deliveries)
    {
        var results = await SettleAllAsync([.. deliveries.Select(static delivery => new Settlement { Delivery = delivery, Kind = SettleKind.Release })]);
        Assert.All(results, static result => Assert.Equal(SettleResult.Ok, result));
    }

    public async Task DeadLetterAsync(JobDelivery delivery, string reason = DeadLetterReason.Rejected, JobFailure? failure = null) =>
        Assert.Equal(SettleResult.Ok, await SettleAsync(Death(delivery, reason, failure)));

    public static Settlement Completion(JobDelivery delivery) => new() { Delivery = delivery, Kind = SettleKind.Complete };

    public Settlement Retry(JobDelivery delivery, DateTimeOffset? due = null, JobFailure? failure = null) =>
        new() { Delivery = delivery, Kind = SettleKind.Retry, Due = due, Failure = failure ?? Failure(delivery.Message!.State.Attempt) };

    public Settlement Death(JobDelivery delivery, string reason = DeadLetterReason.Rejected, JobFailure? failure = null) =>
        new() { Delivery = delivery, Kind = SettleKind.DeadLetter, Reason = reason, Error = "it is bad", Failure = failure ?? Failure(delivery.Message?.State.Attempt ?? 1) };

    public SettleResult Renew(JobDelivery delivery) => RenewAll(delivery)[0];

    public SettleResult[] RenewAll(params JobDelivery[] deliveries)
    {
        var results = new SettleResult[deliveries.Length];
        receiver.Renew(deliveries, results);
        return results;
    }
}
