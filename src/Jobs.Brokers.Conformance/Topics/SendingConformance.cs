using System.Text;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>What is sent arrives as it was sent; what is refused does not arrive.</summary>
public abstract class SendingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>Document and envelope arrive unchanged, as a first attempt.</summary>
    [Fact]
    public async Task Send_Then_Receive_RoundTrips_Payload()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { Data = """{"number":17,"list":[1.5,null,true],"nested":{"a":"b"}}""" };
        await node.AcceptAsync(draft);

        var delivery = await node.Inbox.ReceiveAsync();

        var message = delivery.Message!;
        Assert.Equal(draft.Document(), delivery.DocumentOf());
        Assert.Equal((draft.Id, draft.Name, Bench.Queue, 1), (message.Id, message.Name, message.Queue, message.Version));
        Assert.Equal((0, 1, 0, 0), (message.State.Copy, message.State.Attempt, message.State.Crashes, message.State.Failures.Count));
    }

    /// <summary>Every character from U+0000 to U+00FF, escaped or not, and bytes of every value that UTF-8 has.</summary>
    [Fact]
    public async Task Send_Binary_Payload_RoundTrips()
    {
        var node = await Bench.NodeAsync();
        var data = new StringBuilder("\"");
        for (var value = 0; value <= 0xFF; value++)
        {
            data.Append(null, $"\\u{value:x4}");
            if (value >= ' ' && value is not ('"' or '\\'))
            {
                data.Append((char)value);
            }
        }

        var draft = Bench.Draft() with { Data = data.Append("\u0800\uFFFD\U0001F600\U0010FFFF\"").ToString() };
        await node.AcceptAsync(draft);

        Assert.Equal(draft.Document(), (await node.Inbox.ReceiveAsync()).DocumentOf());
    }

    /// <summary>A document may have no payload at all.</summary>
    [Fact]
    public async Task Send_Empty_Payload()
    {
        var node = await Bench.NodeAsync();
        Draft[] drafts = [Bench.Draft() with { Data = null }, Bench.Draft() with { Data = "{}" }];
        await node.AcceptAsync(drafts);

        var deliveries = await node.Inbox.ReceiveAsync(drafts);

        Assert.Equal(drafts[0].Document(), deliveries[0].DocumentOf());
        Assert.Equal(drafts[1].Document(), deliveries[1].DocumentOf());
    }

    /// <summary>User headers are kept, whatever they hold.</summary>
    [Fact]
    public async Task Send_Unicode_Headers_RoundTrip()
    {
        var node = await Bench.NodeAsync();
        var headers = new Dictionary<string, string>
        {
            ["greeting"] = "Grüß Gott, 你好 \U0001F44B",
            ["lines"] = "first\r\nsecond\tthird",
            ["blank"] = "",
            ["quoted"] = "\"a: b\" {c} \\ %0A",
        };
        await node.AcceptAsync(Bench.Draft() with { Attributes = headers });

        Assert.Equal(headers, (await node.Inbox.ReceiveAsync()).Message!.Attributes.Headers);
    }

    /// <summary>Trace, tenant, keys and all other attributes are kept.</summary>
    [Fact]
    public async Task Send_Attributes_RoundTrip()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with
        {
            Attributes = new Dictionary<string, string>
            {
                ["jobexpires"] = "2199-01-01T00:00:00Z",
                ["jobkey"] = "welcome:42",
                ["jobtenant"] = "a",
                ["jobcorrelationid"] = "c",
                ["jobparent"] = "p",
                ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            },
        };
        await node.AcceptAsync(draft);

        var attributes = (await node.Inbox.ReceiveAsync()).Message!.Attributes;

        Assert.Equal(("welcome:42", "a", "c", "p"), (attributes.Key, attributes.Tenant, attributes.CorrelationId, attributes.ParentId?.ToString()));
        Assert.Equal(draft.Attributes["traceparent"], attributes.TraceParent);
        Assert.Equal(2199, attributes.Expires?.Year);
    }

    /// <summary>Ids are any text: what a broker makes of them (keys, subjects, tags) must not break on it.</summary>
    [Fact]
    public async Task Send_Ids_Of_Any_Text_RoundTrip()
    {
        var node = await Bench.NodeAsync();
        string[] ids = ["a", "{b}", "c:d:1", "e f", "g*.>h", "i/0/1", "\"\\", "é漢\U0001F600", "{", "}{", "line\nbreak", new('x', JobId.MaxLength), new('y', JobId.MaxLength)];
        Draft[] drafts = [.. ids.Select(id => Bench.Draft() with { Id = JobId.Parse(id) })];
        await node.AcceptAsync(drafts);

        var deliveries = await node.Inbox.ReceiveAsync(drafts);

        await node.Inbox.CompleteAsync(deliveries);
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>The largest document that the features allow, with a state beside it.</summary>
    [Fact]
    public async Task Send_MaxSize_Accepted()
    {
        var node = await Bench.NodeAsync();
        var draft = OfSize(node.Broker.Features.MaxDocumentBytes);
        await node.AcceptAsync(draft);

        Assert.Equal(draft.Document(), (await node.Inbox.ReceiveAsync()).DocumentOf());
    }

    /// <summary>One byte more is refused, and not there.</summary>
    [Fact]
    public async Task Send_OverMax_TooLarge_NotEnqueued()
    {
        var node = await Bench.NodeAsync();

        var result = await node.SendAsync(OfSize(node.Broker.Features.MaxDocumentBytes + 1));

        Assert.Equal(SendStatus.TooLarge, result.Status);
        Assert.NotNull(result.Error);
        await node.AcceptAsync(1);
        await node.Inbox.ReceiveAsync();
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>A large send is one call.</summary>
    [Fact]
    public async Task Send_Batch_1000_All_Accepted()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1_000);

        var deliveries = await node.Inbox.ReceiveAsync(1_000);

        Assert.Equal(drafts.Ids(), deliveries.Ids());
        await node.Inbox.CompleteAsync(deliveries);
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>A refusal of one is a result at its index, and does not touch the others.</summary>
    [Fact]
    public async Task Send_Batch_PartialFailure_Reports_PerItem()
    {
        var node = await Bench.NodeAsync();
        var drafts = Bench.Drafts(9);
        drafts[4] = OfSize(node.Broker.Features.MaxDocumentBytes + 1);

        var results = await node.SendAllAsync(drafts);

        Draft[] sent = [.. drafts.Where((_, i) => i != 4)];
        Assert.Equal(drafts.Select((_, i) => i == 4 ? SendStatus.TooLarge : SendStatus.Accepted), results.Select(static result => result.Status));
        Assert.Equal(sent.Ids(), (await node.Inbox.ReceiveAsync(sent.Length)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>One send may go to several queues.</summary>
    [Fact]
    public async Task Send_To_Several_Queues_At_Once()
    {
        var node = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("other")]);
        var other = await node.OpenAsync("other");
        Draft[] drafts = [.. Bench.Drafts(20).Select(static (draft, i) => i % 2 == 0 ? draft : draft with { Queue = "other" })];
        await node.AcceptAsync(drafts);

        Assert.Equal(drafts.Where(static draft => draft.Queue == Bench.Queue).Ids(), (await node.Inbox.ReceiveAsync(10)).Ids());
        Assert.Equal(drafts.Where(static draft => draft.Queue == "other").Ids(), (await other.ReceiveAsync(10)).Ids());
    }

    /// <summary>Any number of callers may send at once.</summary>
    [Fact]
    public async Task Send_From_Many_Threads_At_Once()
    {
        var node = await Bench.NodeAsync();

        var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => node.AcceptAsync(25))));

        Assert.Equal(sent.SelectMany(static drafts => drafts).Ids(), (await node.Inbox.ReceiveAsync(500)).Ids());
    }

    /// <summary>Cancellation is a result: what was refused is not there, what was accepted is, nothing is thrown.</summary>
    [Fact]
    public async Task Send_Cancelled_Is_A_Result_Not_An_Exception()
    {
        var node = await Bench.NodeAsync();
        var drafts = Bench.Drafts(200);
        var results = new SendResult[drafts.Length];
        using var cancellation = new CancellationTokenSource();

        var sending = node.Broker.SendAsync(drafts.Select(static draft => draft.Build()).ToArray(), results, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await sending;
        var late = new SendResult[1];
        await node.Broker.SendAsync(new[] { Bench.Draft().Build() }, late, cancellation.Token);

        Assert.Equal(SendStatus.Failed, late[0].Status);
        var known = drafts.Zip(results).Where(static pair => pair.Second.Status != SendStatus.Unknown).ToArray();
        Assert.All(known, static pair => Assert.True(pair.Second.Status is SendStatus.Accepted or SendStatus.Failed));
        var last = await node.AcceptAsync(1);
        var arrived = new HashSet<JobId>();
        while (!arrived.Contains(last[0].Id))
        {
            arrived.UnionWith((await node.Inbox.ReceiveAsync(1)).Select(static delivery => delivery.IdOf()));
        }

        arrived.UnionWith((await node.Inbox.TakeAsync()).Select(static delivery => delivery.IdOf()));
        Assert.All(known, pair => Assert.Equal(pair.Second.Status == SendStatus.Accepted, arrived.Contains(pair.First.Id)));
    }

    /// <summary>A queue at its limit refuses producers, and takes them again once there is room. What was refused is still the caller's.</summary>
    [Fact]
    [Needs(Capability.QueueLimits)]
    public async Task Send_QueueFull_Backpressures()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { MaxLength = 5 });
        await node.AcceptAsync(5);
        var refused = Bench.Draft().Build();

        Assert.Equal(SendStatus.QueueFull, (await node.SendAsync(refused)).Status);

        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(5));
        await Bench.UntilAsync(async () => (await node.SendAsync(refused)).Status == SendStatus.Accepted, "room for one more");
    }

    /// <summary>A queue that lets producers wait takes the message when there is room, or gives it back when the token ends.</summary>
    [Fact]
    [Needs(Capability.QueueLimits)]
    public async Task Send_QueueFull_Waits_For_Room_Or_The_Token()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { MaxLength = 4, WhenFull = QueueFullMode.Wait });
        await node.AcceptAsync(4);
        using var cancellation = new CancellationTokenSource();
        var given = new SendResult[1];
        var abandoned = node.Broker.SendAsync(new[] { Bench.Draft().Build() }, given, cancellation.Token).AsTask();
        await Bench.PassAsync(TimeSpan.FromMilliseconds(300));
        Assert.False(abandoned.IsCompleted);
        await cancellation.CancelAsync();
        await abandoned;
        // The token may end the question as well as the wait; what was not taken is not taken later either, as the rest shows.
        Assert.True(given[0].Status is SendStatus.Failed or SendStatus.Unknown);

        var draft = Bench.Draft();
        var waiting = node.AcceptAsync(draft);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(4));
        await Bench.UntilAsync(() => Task.FromResult(waiting.IsCompleted), "the producer goes on");

        await waiting;
        Assert.Equal(draft.Id, (await node.Inbox.ReceiveAsync()).IdOf());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    private Draft OfSize(int bytes)
    {
        var draft = Bench.Draft() with { Data = "\"\"" };
        return draft with { Data = $"\"{new string('x', bytes - draft.Document().Length)}\"" };
    }
}
