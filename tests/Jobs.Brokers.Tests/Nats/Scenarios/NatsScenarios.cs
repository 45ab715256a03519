using System.Text;
using System.Text.Json;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Delaying;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Tests.Nats.Protocol;
using Jobs.Messages;

namespace Jobs.Brokers.Tests.Nats.Scenarios;

/// <summary>What JetStream brings with it: limits, counts and units of consumers, windows of ids, and what a killed server brings back.</summary>
public sealed class NatsScenarios(NatsFixture fixture) : BrokerConformance<NatsFixture>(fixture)
{
    private NatsNames Names => new(Bench.Namespace);

    private string Stream => Names.QueueStream(Bench.Queue);

    [Fact]
    public async Task S14_a_consumer_whose_limit_of_deliveries_in_hand_is_reached_holds_back_and_goes_on()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await LimitAsync(10);
        var drafts = await node.AcceptAsync(15);
        var first = await node.Inbox.ReceiveAsync(10);

        await other.Inbox.StaysEmptyAsync(Fixture.Lease / 2);
        await node.Inbox.CompleteAsync(first);

        var rest = await other.Inbox.ReceiveAsync(5);
        Assert.Equal(drafts[10..].Ids(), rest.Ids());
        await other.Inbox.CompleteAsync(rest);
        await node.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task S26_no_number_of_deliveries_takes_a_job_from_its_queue_before_it_is_among_our_dead_letters()
    {
        var node = await Bench.NodeAsync();
        var draft = (await node.AcceptAsync(1))[0];
        Assert.Equal(-1, (await ConsumerAsync()).GetProperty("config").GetProperty("max_deliver").GetInt64());
        JobDelivery last = await node.Inbox.ReceiveAsync();
        for (var i = 0; i < 4; i++)
        {
            last = await node.Inbox.ReceiveAsync();
        }

        Assert.Equal(5, last.Deliveries);
        await node.Inbox.DeadLetterAsync(last, DeadLetterReason.Rejected);
        Assert.Equal(draft.Document(), (await node.GetDeadAsync(draft.Id)).Document.ToArray());
        await node.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task S27_releases_retries_and_deferrals_are_copies_and_no_delivery_is_refused()
    {
        var node = await Bench.NodeAsync();
        await using var client = Connect();
        await client.WaitAsync();
        var acks = new Acknowledgements();
        using var subscription = client.Subscribe($"$JS.ACK.{Stream}.>", acks);
        await client.FlushAsync(Token);
        await node.AcceptAsync(30);
        var deliveries = await node.Inbox.ReceiveAsync(30);

        await node.Inbox.ReleaseAsync(deliveries[..10]);
        await node.Inbox.SettleAllAsync([.. deliveries[10..20].Select(delivery => node.Inbox.Retry(delivery))]);
        await node.Inbox.SettleAllAsync([.. deliveries[20..].Select(delivery => new Settlement { Delivery = delivery, Kind = SettleKind.Defer, Due = Bench.Now })]);

        var again = await node.Inbox.ReceiveAsync(30);
        Assert.All(again, static delivery => Assert.Equal(1, delivery.Deliveries));
        await node.Inbox.CompleteAsync(again);
        await client.FlushAsync(Token);
        Assert.Equal(60, acks.Seen.Count);
        Assert.All(acks.Seen, static ack => Assert.Equal("+ACK", ack));
        Assert.Equal(0, (await ConsumerAsync()).GetProperty("num_redelivered").GetInt64());
    }

    [Fact]
    public async Task S28_a_lease_is_the_consumer_s_wait_in_nanoseconds_and_a_renewal_begins_it_anew()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        Assert.Equal(Fixture.Lease.TotalNanoseconds, (await ConsumerAsync()).GetProperty("config").GetProperty("ack_wait").GetInt64());
        var delivery = await node.Inbox.ReceiveAsync();
        var other = await Bench.NodeAsync();
        for (var i = 0; i < 6; i++)
        {
            await other.Inbox.StaysEmptyAsync(Fixture.Lease / 3);
            Assert.Equal(SettleResult.Ok, node.Inbox.Renew(delivery));
        }

        Assert.Equal((0, 1), ((await ConsumerAsync()).GetProperty("num_redelivered").GetInt64(), (await ConsumerAsync()).GetProperty("num_ack_pending").GetInt64()));
        Assert.InRange((await other.Inbox.ReceiveAsync()).Deliveries, 2, 3);
    }

    [Fact]
    public async Task S42_what_a_process_holds_until_it_is_due_goes_to_another_at_once_when_it_ends()
    {
        var gone = await Bench.NodeAsync();
        var due = Bench.Now.AddSeconds(2);
        Draft[] drafts = [.. Bench.Drafts(20).Select(draft => draft with { Due = due })];
        await gone.AcceptAsync(drafts);
        var bucket = NatsNames.BucketConsumer(DelayBucket.Of(due.ToUnixTimeMilliseconds(), Bench.Now.ToUnixTimeMilliseconds()).Name);
        await Bench.UntilAsync(async () => await TryGetConsumerAsync(Names.DelayStream, bucket) is { AckPending: 20 }, "the process holds them");
        await gone.DisposeAsync();

        var node = await Bench.NodeAsync();
        var delivery = await node.Inbox.ReceiveNotBeforeAsync(due);

        var seen = new List<string>();
        for (; ; delivery = await node.Inbox.ReceiveAsync())
        {
            seen.Add(delivery.IdOf().ToString());
            await node.Inbox.CompleteAsync(delivery);
            if (seen.Count == 20)
            {
                break;
            }
        }

        Assert.Equal(drafts.Ids(), seen.Order(StringComparer.Ordinal));
        Assert.InRange(Bench.Now - due, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task S67_a_message_that_is_sent_again_after_a_lost_answer_is_one_job()
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var other = await Bench.NodeAsync();
        Draft[] drafts = [.. Bench.Drafts(50).Select(static draft => draft with { MayRepeat = true })];
        proxy.CutAfter(200, ProxyDirection.ToClient);

        var results = await node.SendAllAsync(drafts);

        Assert.All(results, static result => Assert.Equal(SendStatus.Accepted, result.Status));
        Assert.All(await other.SendAllAsync(drafts), static result => Assert.Equal(SendStatus.Duplicate, result.Status));
        var deliveries = await other.Inbox.ReceiveAsync(50);
        Assert.Equal(drafts.Ids(), deliveries.Ids());
        await other.Inbox.CompleteAsync(deliveries);
        await other.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task What_a_killed_server_brings_back_is_neither_counted_nor_kept_nor_run()
    {
        var node = await Bench.NodeAsync();
        var server = Fixture.Server!;
        await node.AcceptAsync(200);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(200));
        var waiting = await node.AcceptAsync(20);

        await server.KillAsync(Token);
        await server.StartAsync(Token);

        // Some of what was done may come again, as the server may have forgotten its acknowledgements, too.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!waiting.Ids().All(seen.Contains))
        {
            var delivery = await node.Inbox.ReceiveAsync();
            seen.Add(delivery.IdOf().ToString());
            await node.Inbox.CompleteAsync(delivery);
        }

        await Bench.UntilAsync(async () => await Fixture.CountStoredAsync(Bench.Target, Bench.Queue, Token) == 0, "nothing is left in the streams");
        await node.HasDepthAsync(0, 0, 0);
    }

    private INatsClient Connect() => NatsClients.Open(NatsClients.Options(Fixture.Server!.EndPoint));

    private async Task<ConsumerInfo?> TryGetConsumerAsync(string stream, string consumer)
    {
        await using var client = Connect();
        return await new JetStreamClient(client, TimeProvider.System).GetConsumerAsync(stream, consumer, Token);
    }

    private async Task<JsonElement> ConsumerAsync()
    {
        await using var client = Connect();
        await client.WaitAsync();
        using var answer = JsonDocument.Parse(await client.AskAsync($"$JS.API.CONSUMER.INFO.{Stream}.{NatsNames.Consumer(1)}"));
        return answer.RootElement.Clone();
    }

    private async Task LimitAsync(int inHand)
    {
        await using var client = Connect();
        var jetStream = new JetStreamClient(client, TimeProvider.System);
        var consumer = await jetStream.GetConsumerAsync(Stream, NatsNames.Consumer(1), Token);
        await jetStream.CreateConsumerAsync(Stream, consumer!.Config with { MaxAckPending = inHand }, Token);
    }

    private sealed class Acknowledgements : IMessageHandler
    {
        public List<string> Seen { get; } = [];

        public void OnMessage(in NatsMessage message) => Seen.Add(Encoding.UTF8.GetString(message.Payload));

        public void OnRefused(NatsPermissionException error) => Seen.Add(error.Message);
    }
}
