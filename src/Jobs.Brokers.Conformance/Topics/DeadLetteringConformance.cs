using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A job that ends badly is kept whole, once, where it can be looked at.</summary>
[Needs(Capability.DeadLetters)]
public abstract class DeadLetteringConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>Reason, error, place, time and the document as it was enqueued; the queue is rid of it.</summary>
    [Fact]
    public async Task DeadLetter_Moves_With_Reason()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { Attributes = new Dictionary<string, string> { ["note"] = "Grüße" } };
        await node.AcceptAsync(draft);
        var before = Bench.Now;
        await node.Inbox.DeadLetterAsync(await node.Inbox.ReceiveAsync(), DeadLetterReason.NotRetryable);

        var letter = await node.GetDeadAsync(draft.Id);

        Assert.Equal((draft.Id.ToString(), Bench.Queue, DeadLetterReason.NotRetryable, "it is bad"), (letter.Key, letter.Queue, letter.Reason, letter.Error));
        Assert.InRange(letter.DiedAt, before.AddMilliseconds(-1), Bench.Now);
        Assert.Equal(draft.Document(), letter.Document.ToArray());
        Assert.Equal(draft.Document(), letter.Message!.Encoded());
        Assert.Equal(1, await node.CountDeadAsync());
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>All failures, the last included, and the crashes.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task DeadLetter_Keeps_The_Whole_History()
    {
        var node = await Bench.NodeAsync();
        var draft = (await node.AcceptAsync(1))[0];
        await node.Inbox.ReceiveAsync();
        await node.Inbox.PassLeaseAsync();
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());
        await node.Inbox.DeadLetterAsync(await node.Inbox.ReceiveAsync(), DeadLetterReason.AttemptsExhausted);

        var state = (await node.GetDeadAsync(draft.Id)).Message!.State;

        Assert.Equal([1, 2, 3], state.Failures.Select(static failure => failure.Attempt));
        Assert.Equal((2, 3, 1), (state.Copy, state.Attempt, state.Crashes));
    }

    /// <summary>A death without a failure: poison, or a job that nobody knows.</summary>
    [Fact]
    public async Task DeadLetter_Without_Failure()
    {
        var node = await Bench.NodeAsync();
        var draft = (await node.AcceptAsync(1))[0];
        await node.Inbox.SettleAsync(new Settlement { Delivery = await node.Inbox.ReceiveAsync(), Kind = SettleKind.DeadLetter, Reason = DeadLetterReason.Poison });

        var letter = await node.GetDeadAsync(draft.Id);

        Assert.Equal(DeadLetterReason.Poison, letter.Reason);
        Assert.Empty(letter.Message!.State.Failures);
    }

    /// <summary>A worker that died after the dead letter was written, or was too late, makes no second one.</summary>
    [Fact]
    public async Task DeadLetter_Idempotent_On_Crash()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var draft = (await node.AcceptAsync(1))[0];
        var stale = await node.Inbox.ReceiveAsync();
        await node.Inbox.PassLeaseAsync();
        var death = other.Inbox.Death(await other.Inbox.ReceiveAsync());

        Assert.Equal(SettleResult.Ok, await other.Inbox.SettleAsync(death));
        Assert.Equal(SettleResult.Ok, await other.Inbox.SettleAsync(death));
        Assert.Equal(SettleResult.LeaseLost, await node.Inbox.SettleAsync(node.Inbox.Death(stale)));

        Assert.Equal(1, await node.CountDeadAsync());
        Assert.Equal(draft.Id.ToString(), Assert.Single((await node.PageDeadAsync()).Items).Key);
    }

    /// <summary>A job that dies again takes the place of its dead letter.</summary>
    [Fact]
    public async Task DeadLetter_Is_One_Per_Job()
    {
        var node = await Bench.NodeAsync();
        var id = (await node.BuryAsync(Bench.Draft()))[0].Id;
        await node.ReplayAsync(id);
        await node.Inbox.DeadLetterAsync(await node.Inbox.ReceiveAsync(), DeadLetterReason.AttemptsExhausted);

        Assert.Equal(1, await node.CountDeadAsync());
        Assert.Equal(DeadLetterReason.AttemptsExhausted, (await node.GetDeadAsync(id)).Reason);
        Assert.Single((await node.PageDeadAsync()).Items);
    }

    /// <summary>Bytes that nobody can decode are kept as they came, under the broker's own id.</summary>
    [Fact]
    public async Task DeadLetter_Keeps_Undecodable_Bytes_Raw()
    {
        var node = await Bench.NodeAsync();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];
        await node.SendRawAsync(bytes);
        var delivery = await node.Inbox.ReceiveAsync();
        var key = delivery.BrokerMessageId;
        var death = new Settlement { Delivery = delivery, Kind = SettleKind.DeadLetter, Reason = DeadLetterReason.Undecodable, Error = delivery.DecodeError };
        Assert.Equal(SettleResult.Ok, await node.Inbox.SettleAsync(death));

        var letter = await node.DeadLetters.GetDeadLetterAsync(Bench.Queue, key, Token);

        Assert.NotNull(letter);
        Assert.Equal((key, DeadLetterReason.Undecodable), (letter.Key, letter.Reason));
        Assert.NotNull(letter.Error);
        Assert.Null(letter.Message);
        Assert.Equal(bytes, letter.Document.ToArray());
        Assert.Equal(letter.Key, Assert.Single((await node.PageDeadAsync()).Items).Key);
    }

    /// <summary>Pages are oldest first, and neither repeat nor skip an entry when others come and go meanwhile.</summary>
    [Fact]
    [Needs(Capability.ExactBrowsing)]
    public async Task DeadLetter_List_Pages_Stably()
    {
        var node = await Bench.NodeAsync();
        var keys = (await node.BuryAsync(Bench.Drafts(7))).Select(static draft => draft.Id.ToString()).ToArray();

        var first = await node.PageDeadAsync(null, 3);
        Assert.True(await node.DeadLetters.DeleteDeadLetterAsync(Bench.Queue, keys[0], Token));
        Assert.True(await node.DeadLetters.DeleteDeadLetterAsync(Bench.Queue, keys[3], Token));
        var late = (await node.BuryAsync(Bench.Draft()))[0].Id.ToString();
        var second = await node.PageDeadAsync(first.Next, 3);
        var rest = second.Next is null ? [] : (await node.PageDeadAsync(second.Next, 3)).Items;

        Assert.Equal(keys[..3], first.Items.Select(static letter => letter.Key));
        Assert.Equal([.. keys[4..], late], second.Items.Concat(rest).Select(static letter => letter.Key));
    }

    /// <summary>Paging through many ends.</summary>
    [Fact]
    [Needs(Capability.ExactBrowsing)]
    public async Task DeadLetter_List_Pages_Through_Many()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(250);
        var deaths = (await node.Inbox.ReceiveAsync(drafts)).Select(delivery => node.Inbox.Death(delivery)).ToArray();
        Assert.All(await node.Inbox.SettleAllAsync(deaths), static result => Assert.Equal(SettleResult.Ok, result));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await node.PageDeadAsync(cursor, 100);
            Assert.InRange(page.Items.Count, 1, 100);
            seen.AddRange(page.Items.Select(static letter => letter.Key));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(drafts.Ids(), seen.Order(StringComparer.Ordinal));
        Assert.Equal(250, await node.CountDeadAsync());
    }

    /// <summary>Sizes and cursors that make no sense are errors of the caller.</summary>
    [Fact]
    public async Task DeadLetter_List_Refuses_Nonsense()
    {
        var node = await Bench.NodeAsync();
        await node.BuryAsync(Bench.Draft());

        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.PageDeadAsync(null, 0));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.PageDeadAsync(null, 1_001));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.PageDeadAsync("no cursor of ours"));
    }

    /// <summary>Looking changes nothing, and what is shown is the caller's: releasing it harms nobody.</summary>
    [Fact]
    [Needs(Capability.ExactBrowsing)]
    public async Task DeadLetter_Looking_Changes_Nothing()
    {
        var node = await Bench.NodeAsync();
        var draft = (await node.BuryAsync(Bench.Draft()))[0];
        for (var i = 0; i < 3; i++)
        {
            var letter = await node.GetDeadAsync(draft.Id);
            Assert.Equal(draft.Document(), letter.Message!.Encoded());
            letter.Message!.Release();
            Assert.Equal(draft.Id, Assert.Single((await node.PageDeadAsync()).Items).Message!.Id);
        }

        Assert.Equal(1, await node.CountDeadAsync());
    }

    /// <summary>What is not there is null, false or zero.</summary>
    [Fact]
    public async Task DeadLetter_Missing_Is_No_Error()
    {
        var node = await Bench.NodeAsync();

        Assert.Null(await node.DeadLetters.GetDeadLetterAsync(Bench.Queue, "nobody", Token));
        Assert.False(await node.DeadLetters.DeleteDeadLetterAsync(Bench.Queue, "nobody", Token));
        Assert.Equal(0, await node.CountDeadAsync());
        Assert.Empty((await node.PageDeadAsync()).Items);
    }

    /// <summary>A deleted entry is gone for good; the others stay.</summary>
    [Fact]
    public async Task DeadLetter_Delete()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.BuryAsync(Bench.Drafts(2));

        Assert.True(await node.DeadLetters.DeleteDeadLetterAsync(Bench.Queue, drafts[0].Id.ToString(), Token));
        Assert.False(await node.DeadLetters.DeleteDeadLetterAsync(Bench.Queue, drafts[0].Id.ToString(), Token));

        Assert.Null(await node.FindDeadAsync(drafts[0].Id));
        Assert.NotNull(await node.FindDeadAsync(drafts[1].Id));
        Assert.Equal(1, await node.CountDeadAsync());
        Assert.Equal(ReplayStatus.NotFound, await node.ReplayAsync(drafts[0].Id));
    }

    /// <summary>A purge removes what died before a time.</summary>
    [Fact]
    public async Task DeadLetter_Purge_Removes_What_Is_Older()
    {
        var node = await Bench.NodeAsync();
        await node.BuryAsync(Bench.Drafts(3));
        await Bench.PassAsync(TimeSpan.FromMilliseconds(20));
        var border = Bench.Now;
        await Bench.PassAsync(TimeSpan.FromMilliseconds(20));
        var kept = (await node.BuryAsync(Bench.Draft()))[0];

        Assert.Equal(3, await node.DeadLetters.PurgeDeadLettersAsync(Bench.Queue, border, Token));

        Assert.Equal(kept.Id.ToString(), Assert.Single((await node.PageDeadAsync()).Items).Key);
    }

    /// <summary>Dead letters of one queue are not those of another.</summary>
    [Fact]
    public async Task DeadLetter_Belongs_To_Its_Queue()
    {
        var node = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("other")]);
        var id = (await node.BuryAsync(Bench.Draft()))[0].Id;

        Assert.Equal(0, await node.CountDeadAsync("other"));
        Assert.Null(await node.DeadLetters.GetDeadLetterAsync("other", id.ToString(), Token));
    }
}
