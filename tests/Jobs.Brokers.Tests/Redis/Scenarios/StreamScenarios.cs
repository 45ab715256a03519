using System.Globalization;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Scenarios;

/// <summary>What streams bring with them: consumers, pending lists, trimming, memory.</summary>
public sealed class StreamScenarios(RedisFixture fixture) : BrokerConformance<RedisFixture>(fixture)
{
    private QueueKeys Keys => new(Bench.Namespace, Bench.Queue);

    private byte[] Stream => Keys.Streams[1];

    [Fact]
    public async Task S15_two_workers_of_one_name_compete_like_any_two()
    {
        var node = await Bench.NodeAsync();
        var options = new ReceiverOptions { Lease = Fixture.Lease, Worker = "twin" };
        var first = await (await Bench.ConnectAsync()).OpenAsync(Bench.Queue, options);
        var second = await (await Bench.ConnectAsync()).OpenAsync(Bench.Queue, options);
        await node.Inbox.Receiver.StopAsync(Token);
        await node.AcceptAsync(1);

        var delivery = (await Task.WhenAll(first.TakeForAsync(Fixture.Lease / 4), second.TakeForAsync(Fixture.Lease / 4))).SelectMany(static taken => taken).Single();
        var owner = ReferenceEquals(((Jobs.Brokers.Redis.Receiving.RedisDelivery)delivery).Owner, first.Receiver) ? first : second;

        Assert.Equal(SettleResult.LeaseLost, (ReferenceEquals(owner, first) ? second : first).Renew(delivery));
        Assert.Equal(SettleResult.Ok, owner.Renew(delivery));
        await owner.CompleteAsync(delivery);
    }

    [Fact]
    public async Task S16_what_was_handed_out_and_never_reached_a_worker_comes_back()
    {
        var node = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        var draft = (await node.AcceptAsync(1))[0];
        await CallAsync(RespCommand.Rent("XREADGROUP"u8).Add("GROUP"u8).Add(QueueKeys.Group).Add("ghost"u8).Add("STREAMS"u8).Key(Stream).Add(">"u8));

        var other = await Bench.NodeAsync();
        var back = await other.Inbox.ReceiveAsync();

        Assert.Equal((draft.Id, 2), (back.Message!.Id, back.Deliveries));
    }

    [Fact]
    public async Task S19_more_than_ten_thousand_lost_deliveries_are_all_taken_over()
    {
        const int Count = 10_200;
        var node = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        await node.AcceptAsync(Count);
        await CallAsync(RespCommand.Rent("XREADGROUP"u8).Add("GROUP"u8).Add(QueueKeys.Group).Add("ghost"u8).Add("COUNT"u8).Add(Count).Add("STREAMS"u8).Key(Stream).Add(">"u8));

        var other = await Bench.NodeAsync();
        var seen = new HashSet<JobId>();
        while (seen.Count < Count)
        {
            var taken = await other.Inbox.ReceiveAsync(1);
            var more = await other.Inbox.TakeAsync();
            JobDelivery[] all = [.. taken, .. more];
            Assert.All(all, delivery => Assert.True(seen.Add(delivery.Message!.Id)));
            await other.Inbox.CompleteAsync(all);
        }

        await node.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task S35_what_is_done_leaves_nothing_behind()
    {
        var node = await Bench.NodeAsync();
        await RunAsync(node, 1_000);
        var before = await MemoryAsync();
        await RunAsync(node, 20_000);

        var keys = await KeysAsync();

        Assert.Equal(0, await IntegerAsync(RespCommand.Rent("XLEN"u8).Key(Stream)));
        Assert.DoesNotContain(keys, static key => key.EndsWith(":delayed", StringComparison.Ordinal) || key.EndsWith(":bodies", StringComparison.Ordinal) || key.Contains(":id:", StringComparison.Ordinal));
        // 20,000 entries of this size would be 6 MB.
        Assert.InRange(await MemoryAsync() - before, long.MinValue, 512 * 1024);
    }

    [Fact]
    public async Task S36_nothing_is_ever_trimmed()
    {
        var node = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        await node.AcceptAsync(20_000);

        Assert.Equal(20_000, await IntegerAsync(RespCommand.Rent("XLEN"u8).Key(Stream)));
    }

    [Fact]
    public async Task S37_an_entry_that_somebody_trimmed_is_not_claimed_for_ever()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(3);
        await node.Inbox.ReceiveAsync(3);
        await CallAsync(RespCommand.Rent("XTRIM"u8).Key(Stream).Add("MAXLEN"u8).Add("0"u8));

        var other = await Bench.NodeAsync();
        await other.Inbox.StaysEmptyAsync((Fixture.Lease * 2) + Fixture.Slack);

        await node.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task S38_a_worker_that_stops_with_jobs_in_hand_stays_known_until_they_are_settled()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(2);
        var deliveries = await node.Inbox.ReceiveAsync(2);

        await node.Inbox.Receiver.StopAsync(Token);

        Assert.Equal(1, await ConsumersAsync());
        await node.Inbox.CompleteAsync(deliveries);
        await node.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task S40_workers_that_stopped_leave_no_consumer_behind()
    {
        var node = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        for (var i = 0; i < 20; i++)
        {
            var worker = await Bench.ConnectAsync();
            var inbox = await worker.OpenAsync();
            await node.AcceptAsync(1);
            await inbox.CompleteAsync(await inbox.ReceiveAsync());
            await worker.DisposeAsync();
        }

        Assert.Equal(0, await ConsumersAsync());
    }

    [Fact]
    public async Task S42_what_came_due_while_no_worker_ran_runs_once_when_one_does()
    {
        var node = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        var due = Bench.Now + TimeSpan.FromMilliseconds(200);
        await node.AcceptAsync([.. Bench.Drafts(5).Select(draft => draft with { Due = due })]);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(400));
        await node.HasDepthAsync(0, 0, 5);

        var first = await Bench.NodeAsync();
        var second = await Bench.NodeAsync();
        var ran = (await Task.WhenAll(DrainAsync(first.Inbox), DrainAsync(second.Inbox))).SelectMany(static ids => ids).ToArray();

        Assert.Equal(5, ran.Distinct().Count());
        Assert.Equal(5, ran.Length);
        await node.HasDepthAsync(0, 0, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_finished_job_does_not_run_again_when_its_group_is_made_anew_in_an_outage(bool isMixed)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        await node.AcceptAsync(10);
        var deliveries = await node.Inbox.ReceiveAsync(10);
        proxy.Refuse();
        proxy.Cut();
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status != BrokerStatus.Connected), "health tells the outage");
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var results = new SettleResult[10];
        // Two ways lead through the settler: completions alone, and everything else.
        var last = isMixed ? new Settlement { Delivery = deliveries[9], Kind = SettleKind.Release } : Inbox.Completion(deliveries[9]);
        await node.Inbox.Receiver.SettleAsync(deliveries[..9].Select(static delivery => Inbox.Completion(delivery)).Append(last).ToArray(), results, limit.Token);
        Assert.All(results, static result => Assert.Equal(SettleResult.Unknown, result));
        await Fixture.DeleteConsumersAsync(Bench.Target, Bench.Queue, Token);
        proxy.Resume();

        if (isMixed)
        {
            Assert.Equal(deliveries[9].IdOf(), (await node.Inbox.ReceiveAsync()).IdOf());
        }

        await node.Inbox.StaysEmptyAsync(Fixture.Lease / 2);
        await node.HasDepthAsync(0, isMixed ? 1 : 0, 0);
    }

    // Completes at once what arrives, until nothing has for longer than a lease.
    private async Task<List<JobId>> DrainAsync(Inbox inbox)
    {
        var ids = new List<JobId>();
        while (await inbox.TakeForAsync(Fixture.Lease * 1.5) is { Length: > 0 } taken)
        {
            ids.AddRange(taken.Select(static delivery => delivery.Message!.Id));
            await inbox.CompleteAsync(taken);
        }

        return ids;
    }

    private static async Task RunAsync(Node node, int count)
    {
        for (var left = count; left > 0; left -= 500)
        {
            await node.AcceptAsync(500);
            await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(500));
        }
    }

    private async Task<long> ConsumersAsync()
    {
        using var reply = await ReplyAsync(RespCommand.Rent("XINFO"u8).Add("CONSUMERS"u8).Key(Stream).Add(QueueKeys.Group));
        return reply.GetReader().ReadArray();
    }

    private async Task<long> MemoryAsync()
    {
        const string Prefix = "used_memory:";
        using var reply = await ReplyAsync(RespCommand.Rent("INFO"u8).Add("memory"u8));
        var line = reply.GetReader().ReadString().Split("\r\n").First(static line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return long.Parse(line[Prefix.Length..], CultureInfo.InvariantCulture);
    }

    private async Task<List<string>> KeysAsync()
    {
        using var reply = await ReplyAsync(RespCommand.Rent("KEYS"u8).Add($"{{{Bench.Namespace}:*"));
        var reader = reply.GetReader();
        var keys = new List<string>();
        for (var left = reader.ReadArray(); left > 0; left--)
        {
            keys.Add(reader.ReadString());
        }

        return keys;
    }

    private async Task<long> IntegerAsync(RespCommand command)
    {
        using var reply = await ReplyAsync(command);
        return reply.GetReader().ReadInteger();
    }

    private async Task CallAsync(RespCommand command) => (await ReplyAsync(command)).Dispose();

    private async Task<RespReply> ReplyAsync(RespCommand command)
    {
        await using var client = RedisClient.Open(RedisClientOptions.Parse(Fixture.Server!.EndPoint.ToString()), TimeProvider.System, NullLogger.Instance);
        await client.WaitConnectedAsync(Token);
        try
        {
            return await client.ExecuteAsync(command, Token);
        }
        finally
        {
            command.Release();
        }
    }
}
