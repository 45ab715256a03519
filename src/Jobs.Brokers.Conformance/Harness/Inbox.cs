using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>A receiver, and the calls that checks make most.</summary>
internal sealed partial class Inbox(Bench bench, IJobReceiver receiver)
{
    // Less than any delay or lease of a check.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    public IJobReceiver Receiver => receiver;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The next delivery.</summary>
    public async Task<JobDelivery> ReceiveAsync() => (await ReceiveAsync(1))[0];

    /// <summary>The next so many deliveries.</summary>
    public async Task<JobDelivery[]> ReceiveAsync(int count)
    {
        using var limit = new CancellationTokenSource(bench.Fixture.Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Token);
        var buffer = new JobDelivery[count];
        var received = 0;
        try
        {
            while (received < count)
            {
                var more = await receiver.ReceiveAsync(buffer.AsMemory(received), wait: true, either.Token);
                Assert.InRange(more, 1, count - received);
                received += more;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Assert.Fail($"{received} of {count} messages arrived within {bench.Fixture.Patience.TotalSeconds} s.");
        }

        return buffer;
    }

    /// <summary>The deliveries of these jobs, in the order of the jobs; others must not come.</summary>
    public async Task<JobDelivery[]> ReceiveAsync(params Draft[] drafts)
    {
        var byId = (await ReceiveAsync(drafts.Length)).ToDictionary(static delivery => delivery.Message!.Id);
        return [.. drafts.Select(draft => byId[draft.Id])];
    }

    /// <summary>What can be had without waiting.</summary>
    public async Task<JobDelivery[]> TakeAsync(int credit = 1_000)
    {
        var buffer = new JobDelivery[credit];
        var received = await bench.WithinAsync(receiver.ReceiveAsync(buffer, wait: false, Token));
        return buffer[..received];
    }

    /// <summary>What arrives while time passes; ends early when something does.</summary>
    public async Task<JobDelivery[]> TakeForAsync(TimeSpan span, int credit = 1_000)
    {
        using var limit = new CancellationTokenSource(span, bench.Fixture.Time);
        var buffer = new JobDelivery[credit];
        var receiving = receiver.ReceiveAsync(buffer, wait: true, limit.Token).AsTask();
        await Task.WhenAny(receiving, bench.PassAsync(span));
        try
        {
            return buffer[..await receiving];
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>Nothing arrives while time passes.</summary>
    public async Task StaysEmptyAsync(TimeSpan span) => Assert.Empty(await TakeForAsync(span));

    /// <summary>The next delivery, which must not arrive before a time.</summary>
    public async Task<JobDelivery> ReceiveNotBeforeAsync(DateTimeOffset due)
    {
        var early = due - bench.Now > Moment ? await TakeForAsync(due - bench.Now - Moment, 1) : [];
        if (early.Length == 0)
        {
            await bench.PassAsync(due - bench.Now);
            early = [await ReceiveAsync()];
        }

        Assert.True(bench.Now >= due, $"A message due at {due:O} arrived before {bench.Now:O}.");
        return early[0];
    }

    /// <summary>Lets leases pass that nobody renews; what comes back may take the fixture's slack.</summary>
    public Task PassLeaseAsync() => bench.PassAsync(bench.Fixture.Lease);
}
