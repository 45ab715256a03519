using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>How deliveries end, and what each end leaves behind.</summary>
public abstract partial class SettlingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>A completed job is gone, also when its lease would have ended.</summary>
    [Fact]
    public async Task Complete_Removes_Permanently()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(20);

        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(20));

        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>A second completion says that all is well, and touches no other job.</summary>
    [Fact]
    public async Task Complete_Twice_Is_Harmless()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(2);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        var completion = Inbox.Completion(deliveries[0]);

        Assert.Equal(SettleResult.Ok, await node.Inbox.SettleAsync(completion));
        Assert.Equal(SettleResult.Ok, await node.Inbox.SettleAsync(completion));
        Assert.Equal(SettleResult.LeaseLost, await node.Inbox.SettleAsync(completion with { Kind = SettleKind.Release }));

        Assert.Equal(SettleResult.Ok, node.Inbox.Renew(deliveries[1]));
        Assert.Empty(await node.Inbox.TakeAsync());
        await node.Inbox.CompleteAsync(deliveries[1]);
    }

    /// <summary>Any number of callers may end the same deliveries at once: one end, no error.</summary>
    [Fact]
    public async Task Complete_From_Many_Threads_At_Once()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(50);
        var deliveries = await node.Inbox.ReceiveAsync(50);
        var settlements = deliveries.Select(static delivery => Inbox.Completion(delivery)).ToArray();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => node.Inbox.SettleAllAsync(settlements))));

        Assert.All(results.SelectMany(static result => result), static result => Assert.NotEqual(SettleResult.Unknown, result));
        Assert.All(Enumerable.Range(0, 50), i => Assert.Contains(results, result => result[i] == SettleResult.Ok));
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>A released job can be had at once, by anybody.</summary>
    [Fact]
    public async Task Release_Makes_Available_Immediately()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(3);
        var deliveries = await node.Inbox.ReceiveAsync(3);
        var waiting = other.Inbox.ReceiveAsync(3);
        var start = Bench.Now;

        await node.Inbox.ReleaseAsync(deliveries);

        Assert.Equal(drafts.Ids(), (await waiting).Ids());
        Assert.InRange(Bench.Now - start, TimeSpan.Zero, Fixture.Lease / 2);
    }

    /// <summary>A release burns no attempt and is no crash.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Release_Keeps_Attempt()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1);
        for (var i = 0; i < 5; i++)
        {
            await node.Inbox.ReleaseAsync(await node.Inbox.ReceiveAsync());
        }

        var delivery = await node.Inbox.ReceiveAsync();

        var state = delivery.StateOf();
        Assert.Equal((1, 0, 0), (state.Attempt, state.Crashes, state.Failures.Count));
        Assert.Equal(drafts[0].Document(), delivery.DocumentOf());
    }

    /// <summary>Each copy that replaces another is counted: what recognises copies must never meet one twice.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Every_New_Copy_Is_Counted()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        await node.Inbox.ReleaseAsync(await node.Inbox.ReceiveAsync());
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());
        await node.Inbox.DeferAsync(await node.Inbox.ReceiveAsync(), Bench.Now);

        var delivery = await node.Inbox.ReceiveAsync();

        Assert.Equal((3, 2, 1), (delivery.StateOf().Copy, delivery.StateOf().Attempt, delivery.Deliveries));
    }

    /// <summary>A retry waits for its time.</summary>
    [Fact]
    public async Task Retry_With_Delay_Not_Before_Due()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1);
        var due = Bench.Now + Delay;
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync(), due);

        var delivery = await node.Inbox.ReceiveNotBeforeAsync(due);

        Assert.Equal((drafts[0].Id, 2), (delivery.IdOf(), delivery.StateOf().Attempt));
        Assert.InRange(Bench.Now - due, TimeSpan.Zero, Fixture.Slack);
    }

    /// <summary>A retry counts the attempt; the document stays as it was enqueued.</summary>
    [Fact]
    public async Task Retry_Increments_Attempt_And_Preserves_Document()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { Attributes = new Dictionary<string, string> { ["note"] = "Grüße", ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } };
        await node.AcceptAsync(draft);
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var delivery = await node.Inbox.ReceiveAsync();
            Assert.Equal(attempt, delivery.StateOf().Attempt);
            Assert.Equal(draft.Document(), delivery.DocumentOf());
            await node.Inbox.RetryAsync(delivery);
        }
    }

    /// <summary>Every failure is kept, in order, as it was told.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Retry_Records_Failures()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync(), failure: node.Inbox.Failure(attempt, $"failed \"{attempt}\" – Ü\n"));
        }

        var failures = (await node.Inbox.ReceiveAsync()).StateOf().Failures;

        Assert.Equal([1, 2, 3], failures.Select(static failure => failure.Attempt));
        Assert.Equal(["failed \"1\" – Ü\n", "failed \"2\" – Ü\n", "failed \"3\" – Ü\n"], failures.Select(static failure => failure.Message));
        Assert.Equal(["Conformance.ProbeException"], failures.Select(static failure => failure.Type).Distinct());
        Assert.NotNull(failures[2].Stack);
    }

    /// <summary>A job that has failed long and loudly still fits: its state has a limit, and the document keeps its room beside it.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Retry_With_State_At_Its_Limit()
    {
        const int Failures = 20;
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { Data = "\"\"" };
        var largest = Math.Min(node.Broker.Features.MaxDocumentBytes, 512 * 1024);
        draft = draft with { Data = $"\"{new string('x', largest - draft.Document().Length)}\"" };
        await node.AcceptAsync(draft);
        for (var attempt = 1; attempt <= Failures; attempt++)
        {
            var failure = node.Inbox.Failure(attempt, new string('m', 5_000)) with { Stack = new string('s', 20_000), Type = new string('t', 1_000) };
            await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync(), failure: failure);
        }

        var delivery = await node.Inbox.ReceiveAsync();

        var state = delivery.StateOf();
        Assert.Equal(Failures + 1, state.Attempt);
        Assert.Equal(Failures, state.Failures.Count + state.OmittedFailures);
        Assert.Equal((1, Failures), (state.Failures[0].Attempt, state.Failures[^1].Attempt));
        Assert.Equal(draft.Document(), delivery.DocumentOf());
        await node.Inbox.CompleteAsync(delivery);
    }

    /// <summary>A deferral records nothing but its time.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Defer_Records_Nothing_And_Waits()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var due = Bench.Now + Delay;
        await node.Inbox.DeferAsync(await node.Inbox.ReceiveAsync(), due);

        var state = (await node.Inbox.ReceiveNotBeforeAsync(due)).StateOf();

        Assert.Equal((1, 0, 0), (state.Attempt, state.Crashes, state.Failures.Count));
        Assert.InRange(Bench.Now - due, TimeSpan.Zero, Fixture.Slack);
    }

    /// <summary>When a worker first met a job that it does not know travels with the job.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Defer_Keeps_When_The_Job_Was_First_Unknown()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await node.Inbox.SettleAsync(new Settlement { Delivery = await node.Inbox.ReceiveAsync(), Kind = SettleKind.Defer, Due = Bench.Now, UnknownSince = since });

        Assert.Equal(since, (await node.Inbox.ReceiveAsync()).StateOf().UnknownSince);
    }

    /// <summary>What is handed back is due when its copy says so, not when the document did.</summary>
    [Fact]
    public async Task Retry_Of_A_Delayed_Job_Is_Due_By_Its_State()
    {
        var node = await Bench.NodeAsync();
        var due = Bench.Now + Delay;
        await node.AcceptAsync(Bench.Draft() with { Due = due });
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveNotBeforeAsync(due));

        Assert.Equal(2, (await node.Inbox.ReceiveAsync()).StateOf().Attempt);
    }

    /// <summary>One call may end deliveries in all ways; each gets its result.</summary>
    [Fact]
    public async Task Settle_Batch_Mixed_Kinds()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(60);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        var settlements = deliveries.Select((delivery, i) => (i % 4) switch
        {
            1 => node.Inbox.Retry(delivery),
            2 => new Settlement { Delivery = delivery, Kind = SettleKind.Release },
            3 => new Settlement { Delivery = delivery, Kind = SettleKind.Defer, Due = Bench.Now },
            _ => Inbox.Completion(delivery),
        }).ToArray();

        var results = await node.Inbox.SettleAllAsync(settlements);

        Assert.All(results, static result => Assert.Equal(SettleResult.Ok, result));
        var back = await node.Inbox.ReceiveAsync(45);
        Assert.Equal(drafts.Where(static (_, i) => i % 4 != 0).Ids(), back.Ids());
        await node.Inbox.CompleteAsync(back);
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>Each delivery ends by itself: completing a later one does not end an earlier one.</summary>
    [Fact]
    public async Task D15_Completing_The_Next_Does_Not_End_The_Failed_One()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(10);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        await node.Inbox.CompleteAsync(deliveries[5..]);
        await node.Inbox.RetryAsync(deliveries[4]);
        await node.Inbox.PassLeaseAsync();

        var back = await node.Inbox.ReceiveAsync(5);

        Assert.Equal(drafts[..5].Ids(), back.Ids());
        await node.Inbox.CompleteAsync(back);
    }

    /// <summary>A thousand ends in one call.</summary>
    [Fact]
    public async Task Settle_Batch_1000()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1_000);

        var results = await node.Inbox.SettleAllAsync([.. (await node.Inbox.ReceiveAsync(1_000)).Select(delivery => node.Inbox.Retry(delivery))]);

        Assert.All(results, static result => Assert.Equal(SettleResult.Ok, result));
        var again = await node.Inbox.ReceiveAsync(1_000);
        Assert.Equal(drafts.Ids(), again.Ids());
        Assert.All(again, static delivery => Assert.Equal(2, delivery.StateOf().Attempt));
        await node.Inbox.CompleteAsync(again);
    }

    /// <summary>A settlement that makes no sense is an error of the caller, and leaves the delivery with its worker.</summary>
    [Fact]
    public async Task Settle_Without_Failure_Is_Refused()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var delivery = await node.Inbox.ReceiveAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => node.Inbox.SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Retry }));

        await node.Inbox.CompleteAsync(delivery);
    }

    /// <summary>Bytes that nobody can decode end like any delivery.</summary>
    [Fact]
    public async Task Undecodable_Bytes_Can_Be_Released_Deferred_And_Completed()
    {
        var node = await Bench.NodeAsync();
        await node.SendRawAsync("no job"u8.ToArray());

        await node.Inbox.ReleaseAsync(await node.Inbox.ReceiveAsync());
        var due = Bench.Now + Delay;
        await node.Inbox.DeferAsync(await node.Inbox.ReceiveAsync(), due);
        var delivery = await node.Inbox.ReceiveNotBeforeAsync(due);

        Assert.Null(delivery.Message);
        await node.Inbox.CompleteAsync(delivery);
        Assert.Empty(await node.Inbox.TakeAsync());
    }
}
