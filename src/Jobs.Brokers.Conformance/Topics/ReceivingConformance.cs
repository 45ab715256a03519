using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>The buffer is the credit; waiting costs nothing and loses nothing.</summary>
public abstract class ReceivingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    // Above any lease's precision, below what a person would call a pause.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(2);

    /// <summary>An empty queue is no reason to come back, unless the caller does not want to wait.</summary>
    [Fact]
    public async Task Receive_Waits_When_Empty()
    {
        var node = await Bench.NodeAsync();
        Assert.Empty(await node.Inbox.TakeAsync());
        var receiving = node.Inbox.ReceiveAsync();
        Assert.False(receiving.IsCompleted);

        var drafts = await node.AcceptAsync(1);

        Assert.Equal(drafts[0].Id, (await receiving).IdOf());
    }

    /// <summary>A waiting receiver is told, it does not ask now and then.</summary>
    [Fact]
    public async Task Receive_Wakes_Within_100ms()
    {
        const int Rounds = 15;
        var node = await Bench.NodeAsync();
        var producer = await Bench.ConnectAsync();
        var took = new List<TimeSpan>();
        for (var i = 0; i < Rounds; i++)
        {
            var receiving = node.Inbox.ReceiveAsync();
            var start = TimeProvider.System.GetTimestamp();
            await producer.AcceptAsync(1);
            var delivery = await receiving;
            took.Add(TimeProvider.System.GetElapsedTime(start));
            await node.Inbox.CompleteAsync(delivery);
        }

        Assert.InRange(took.Order().ElementAt(Rounds / 2), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    /// <summary>What does not fit stays for others.</summary>
    [Fact]
    public async Task Receive_Never_Exceeds_Buffer()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(10);

        var first = await node.Inbox.ReceiveAsync(3);
        var rest = await other.Inbox.ReceiveAsync(7);

        Assert.Equal(drafts.Ids(), first.Concat(rest).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>A delivery says where it comes from, how often it came, and until when it is ours.</summary>
    [Fact]
    public async Task Receive_Tells_Queue_Count_And_Lease()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var before = Bench.Now;

        var delivery = await node.Inbox.ReceiveAsync();

        Assert.Equal((Bench.Queue, 1), (delivery.Queue, delivery.Deliveries));
        Assert.NotEmpty(delivery.BrokerMessageId);
        Assert.InRange(delivery.LeaseUntil, before, Bench.Now + Fixture.Lease);
        Assert.Null(delivery.Run);
    }

    /// <summary>A wait ends when its token does, and what arrives next is not lost with it.</summary>
    [Fact]
    public async Task Receive_Cancel_Returns_Promptly_Without_Losing_Messages()
    {
        var node = await Bench.NodeAsync();
        using var cancellation = new CancellationTokenSource();
        var receiving = node.Inbox.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(Prompt, TimeProvider.System, Token));
        var drafts = await node.AcceptAsync(3);
        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(3)).Ids());
    }

    /// <summary>A token that has ended takes nothing.</summary>
    [Fact]
    public async Task Receive_With_Cancelled_Token_Takes_Nothing()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await node.Inbox.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, new CancellationToken(canceled: true)));

        await node.Inbox.ReceiveAsync();
    }

    /// <summary>Who does not want to wait does not, also right after a wait that was called off.</summary>
    [Fact]
    public async Task Receive_Without_Wait_After_A_Cancelled_Wait_Returns_At_Once()
    {
        var node = await Bench.NodeAsync();
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromMilliseconds(100));

        Assert.Empty(await node.Inbox.TakeAsync());

        var drafts = await node.AcceptAsync(2);
        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(2)).Ids());
    }

    /// <summary>However a cancellation and an arrival meet, the message is returned or stays.</summary>
    [Fact]
    public async Task Receive_Cancel_Racing_Arrival_Loses_Nothing()
    {
        const int Rounds = 100;
        var node = await Bench.NodeAsync();
        var producer = await Bench.ConnectAsync();
        var arrived = new HashSet<JobId>();
        var sent = new List<Draft>();
        for (var i = 0; i < Rounds; i++)
        {
            var buffer = new JobDelivery[1];
            using var cancellation = new CancellationTokenSource();
            var receiving = node.Inbox.Receiver.ReceiveAsync(buffer, wait: true, cancellation.Token).AsTask();
            var sending = Task.Run(() => producer.AcceptAsync(1));
            await cancellation.CancelAsync();
            sent.AddRange(await sending);
            await receiving.ContinueWith(static _ => { }, TaskScheduler.Default);
            if (receiving.IsCompletedSuccessfully)
            {
                Assert.Equal(1, await receiving);
                Assert.True(arrived.Add(buffer[0].IdOf()));
                await node.Inbox.CompleteAsync(buffer[0]);
            }
        }

        if (arrived.Count < Rounds)
        {
            Assert.All(await node.Inbox.ReceiveAsync(Rounds - arrived.Count), delivery => Assert.True(arrived.Add(delivery.IdOf())));
        }

        Assert.Equal(sent.Ids(), arrived.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Receivers of one queue compete, here and in other processes.</summary>
    [Fact]
    public async Task Receive_Competing_Workers_Each_Once()
    {
        var nodes = new[] { await Bench.NodeAsync(), await Bench.NodeAsync(), await Bench.NodeAsync() };
        var second = await nodes[0].OpenAsync();
        var drafts = await nodes[0].AcceptAsync(200);

        var received = await Task.WhenAll(nodes.Select(static node => node.Inbox.ReceiveAsync(50)).Append(second.ReceiveAsync(50)));

        Assert.Equal(drafts.Ids(), received.SelectMany(static deliveries => deliveries).Ids());
    }

    /// <summary>Bytes that nobody can decode are delivered as such; the rest of the batch is unaffected.</summary>
    [Fact]
    public async Task Receive_Undecodable_Bytes_Do_Not_Disturb_Others()
    {
        var node = await Bench.NodeAsync();
        var first = await node.AcceptAsync(2);
        await node.SendRawAsync("no job"u8.ToArray());
        await node.SendRawAsync(new byte[] { 0, 0xFF, 0xFE, (byte)'\r', (byte)'\n' });
        await node.SendRawAsync("""{"specversion":"1.0","id":"x"}"""u8.ToArray());
        var second = await node.AcceptAsync(2);

        var deliveries = await node.Inbox.ReceiveAsync(7);

        var bad = deliveries.Where(static delivery => delivery.Message is null).ToArray();
        Assert.Equal(3, bad.Length);
        Assert.All(bad, static delivery => Assert.NotNull(delivery.DecodeError));
        Assert.Equal(3, bad.Select(static delivery => delivery.BrokerMessageId).Distinct().Count());
        Assert.Equal(first.Concat(second).Ids(), deliveries.Except(bad).Ids());
        await node.Inbox.CompleteAsync(deliveries);
    }

    /// <summary>What a program other than ours writes is a job like any other.</summary>
    [Fact]
    public async Task Receive_Documents_Of_Other_Programs()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft();
        await node.SendRawAsync(draft.Document());

        var delivery = await node.Inbox.ReceiveAsync();

        Assert.Equal(draft.Document(), delivery.DocumentOf());
        await node.Inbox.CompleteAsync(delivery);
    }

    /// <summary>Options that make no sense, or that the broker cannot keep, are told at once.</summary>
    [Fact]
    public async Task Receive_Impossible_Options_Are_Configuration_Errors()
    {
        var node = await Bench.NodeAsync();
        var options = new ReceiverOptions { Lease = Fixture.Lease, Worker = "w" };
        var tooLong = node.Broker.Features.LeaseLimit + TimeSpan.FromSeconds(1) ?? TimeSpan.MaxValue;

        await Assert.ThrowsAsync<JobConfigurationException>(() => node.OpenAsync(Bench.Queue, options with { Lease = TimeSpan.Zero }));
        await Assert.ThrowsAsync<JobConfigurationException>(() => node.OpenAsync(Bench.Queue, options with { Lease = tooLong }));
        await Assert.ThrowsAsync<JobConfigurationException>(() => node.OpenAsync(Bench.Queue, options with { Priorities = [] }));
    }

    /// <summary>Happy path under load: nothing lost, nothing twice.</summary>
    [Fact]
    public async Task Receive_10k_8Workers_NoLoss_NoDup_HappyPath()
    {
        const int Jobs = 10_000;
        const int Workers = 8;
        var producer = await Bench.NodeAsync();
        await producer.Inbox.Receiver.StopAsync(Token);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<JobId, int>();
        using var done = new CancellationTokenSource(Fixture.Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(done.Token, Token);
        var workers = new Task[Workers];
        for (var i = 0; i < Workers; i++)
        {
            var inbox = (await Bench.NodeAsync()).Inbox;
            workers[i] = Task.Run(() => WorkAsync(inbox));
        }

        for (var sent = 0; sent < Jobs; sent += 1_000)
        {
            await producer.AcceptAsync(1_000);
        }

        await Task.WhenAll(workers);

        Assert.Equal((Jobs, Jobs), (seen.Count, seen.Values.Sum()));

        async Task WorkAsync(Inbox inbox)
        {
            var buffer = new JobDelivery[100];
            try
            {
                while (seen.Count < Jobs)
                {
                    var received = await inbox.Receiver.ReceiveAsync(buffer, wait: true, either.Token);
                    foreach (var delivery in buffer.AsSpan(0, received))
                    {
                        seen.AddOrUpdate(delivery.IdOf(), 1, static (_, times) => times + 1);
                    }

                    await inbox.CompleteAsync(buffer[..received]);
                }

                await done.CancelAsync();
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                // Another worker had the last one.
            }
        }
    }
}
