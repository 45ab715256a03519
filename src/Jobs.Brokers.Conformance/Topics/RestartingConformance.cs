using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A server that ends, is killed, or stands still takes nothing with it that was accepted.</summary>
[Needs(Capability.Outages)]
public abstract class RestartingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private ServerProcess Server => Fixture.Server ?? throw new InvalidOperationException(
        $"A broker whose messages are durable is tested on a server that may end: override {nameof(BrokerFixture.CreateServer)}.");

    /// <summary>A receiver that waits while the server restarts goes on waiting; so it is three times in a row.</summary>
    [Fact]
    public async Task Broker_Restart_Receive_Resumes()
    {
        var node = await Bench.NodeAsync();
        for (var i = 0; i < 3; i++)
        {
            var waiting = node.Inbox.ReceiveAsync();
            await RestartAsync(isKilled: i % 2 == 1);
            var draft = Bench.Draft();
            await AcceptAsync(node, draft);
            var delivery = await waiting;
            Assert.Equal(draft.Id, delivery.IdOf());
            await node.Inbox.CompleteAsync(delivery);
        }
    }

    /// <summary>What was in the hands of a worker that died together with the server comes back.</summary>
    [Fact]
    public async Task Broker_Restart_Unacked_Redelivered()
    {
        var dead = await Bench.NodeAsync();
        var drafts = await dead.AcceptAsync(10);
        await dead.Inbox.ReceiveAsync(10);
        await dead.DisposeAsync();
        await RestartAsync(isKilled: true);

        var node = await Bench.NodeAsync();
        var back = await node.Inbox.ReceiveAsync(10);

        Assert.Equal(drafts.Ids(), back.Ids());
        Assert.All(back, static delivery => Assert.True(delivery.Deliveries >= 2));
    }

    /// <summary>A worker that outlives a restart keeps what it holds: nobody takes it before it could renew.</summary>
    [Fact]
    public async Task Broker_Restart_Worker_Keeps_Its_Lease()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(5);
        var deliveries = await node.Inbox.ReceiveAsync(5);
        await Server.StopAsync(Token);
        for (var i = 0; i < 5; i++)
        {
            node.Inbox.RenewAll(deliveries);
            await Bench.PassAsync(Fixture.Lease / 3);
        }

        await Server.StartAsync(Token);
        for (var i = 0; i < 6; i++)
        {
            node.Inbox.RenewAll(deliveries);
            await other.Inbox.StaysEmptyAsync(Fixture.Lease / 4);
        }

        Assert.All(node.Inbox.RenewAll(deliveries), static result => Assert.Equal(SettleResult.Ok, result));
        await node.Inbox.CompleteAsync(deliveries);
    }

    /// <summary>An id that was taken before a restart is known after it, although the job was done in between.</summary>
    [Fact]
    [Needs(Capability.Deduplication)]
    public async Task Dedupe_Survives_Broker_Restart_And_Completion()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { MayRepeat = true };
        await node.AcceptAsync(draft);
        var delivery = await node.Inbox.ReceiveAsync();
        await RestartAsync(isKilled: true);
        await node.Inbox.CompleteAsync(delivery);

        Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);
        await node.HasDepthAsync(0, 0, 0);
    }

    /// <summary>A server that is killed in the middle of sending: what it had accepted is there.</summary>
    [Fact]
    public async Task Broker_Kill9_No_Acked_Send_Lost()
    {
        var load = new Load(Bench, 1_000);
        await load.StartAsync(2, null);
        var kills = 0;

        await load.RunAsync(() => kills++ < 3 ? RestartAsync(isKilled: true) : Task.CompletedTask);

        load.AssertNothingLost();
        Assert.True(kills > 0);
    }

    /// <summary>A delay goes on over a restart.</summary>
    [Fact]
    public async Task Delayed_Survives_Broker_Restart()
    {
        var node = await Bench.NodeAsync();
        var due = Bench.Now.AddSeconds(3);
        Draft[] drafts = [.. Bench.Drafts(10).Select(draft => draft with { Due = due })];
        await node.AcceptAsync(drafts);
        await RestartAsync(isKilled: true);

        var first = await node.Inbox.ReceiveNotBeforeAsync(due);

        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(9)).Append(first).Ids());
    }

    /// <summary>Dead letters are there after a restart, and can be replayed.</summary>
    [Fact]
    [Needs(Capability.DeadLetters)]
    public async Task DeadLetters_Survive_Broker_Restart()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.BuryAsync(Bench.Drafts(3));
        await RestartAsync(isKilled: true);

        await Bench.UntilAsync(async () => await SucceedsAsync(() => node.CountDeadAsync()) == 3, "the dead letters are there");

        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(drafts[1].Id));
        Assert.Equal(drafts[1].Document(), (await node.Inbox.ReceiveAsync()).DocumentOf());
    }

    /// <summary>A process may start before its server: it waits, says so, and works when the server comes.</summary>
    [Fact]
    public async Task Broker_Down_At_Start()
    {
        await Server.StopAsync(Token);
        var node = await Bench.ConnectAsync();
        var starting = Task.Run(async () =>
        {
            await node.ProvisionAsync(Bench.Topology());
            return await node.OpenAsync();
        });
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status != BrokerStatus.Connected), "health tells that the server is away");
        await Bench.PassAsync(Short);

        await Server.StartAsync(Token);

        var inbox = await starting.WaitAsync(Fixture.Patience, TimeProvider.System, Token);
        var drafts = await node.AcceptAsync(1);
        Assert.Equal(drafts[0].Id, (await inbox.ReceiveAsync()).IdOf());
        Assert.Equal(BrokerStatus.Connected, node.Broker.Health.Status);
    }

    /// <summary>A producer does not hang: its token ends the call, with a result.</summary>
    [Fact]
    public async Task Send_During_Outage_Honours_Its_Token()
    {
        var node = await Bench.NodeAsync();
        await Server.StopAsync(Token);
        using var limit = new CancellationTokenSource(Short, TimeProvider.System);
        var results = new SendResult[3];

        await node.Broker.SendAsync(Bench.Drafts(3).Select(static draft => draft.Build()).ToArray(), results, limit.Token)
            .AsTask().WaitAsync(Prompt, TimeProvider.System, Token);

        Assert.All(results, static result => Assert.True(result.Status is SendStatus.Failed or SendStatus.Unknown));
        Assert.All(results, static result => Assert.NotNull(result.Error));
    }

    /// <summary>A completion given up for lack of an answer is carried out when the server is back, also past the lease; the job does not run again here.</summary>
    [Fact]
    public async Task Complete_During_Outage_Is_Done_Afterwards()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(10);
        var deliveries = await node.Inbox.ReceiveAsync(10);
        await Server.StopAsync(Token);
        using var limit = new CancellationTokenSource(Short, TimeProvider.System);
        var results = new SettleResult[10];

        await node.Inbox.Receiver.SettleAsync(deliveries.Select(static delivery => Inbox.Completion(delivery)).ToArray(), results, limit.Token)
            .AsTask().WaitAsync(Prompt, TimeProvider.System, Token);

        Assert.All(results, static result => Assert.Equal(SettleResult.Unknown, result));
        await Bench.PassAsync(Fixture.Lease);
        await Server.StartAsync(Token);
        await node.Inbox.StaysEmptyAsync((Fixture.Lease * 2) + Fixture.Slack);
        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, 0);
        }
    }

    /// <summary>A server that stands still is noticed; a missing answer to a renewal is not a lost lease, and takes less than one.</summary>
    [Fact]
    public async Task Held_Server_Is_Noticed_And_Loses_No_Lease_Early()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(3);
        var deliveries = await node.Inbox.ReceiveAsync(3);
        await Server.PauseAsync(Token);
        var start = TimeProvider.System.GetTimestamp();

        var results = node.Inbox.RenewAll(deliveries);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Fixture.Lease);
        Assert.All(results, static result => Assert.NotEqual(SettleResult.LeaseLost, result));
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status != BrokerStatus.Connected), "health tells that nothing answers");
        await Server.ResumeAsync(Token);
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status == BrokerStatus.Connected), "health tells the return");
        var other = await Bench.NodeAsync();
        Assert.Equal(drafts.Ids(), (await other.Inbox.ReceiveAsync(3)).Ids());
    }

    /// <summary>Stopping and disposing do not wait for a server that is away.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_During_Outage_Returns_By_Deadline(bool isHeld)
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(20);
        await node.Inbox.ReceiveAsync(2);
        var waiting = node.Inbox.Receiver.ReceiveAsync(new JobDelivery[50], wait: true, Token).AsTask();
        await (isHeld ? Server.PauseAsync(Token) : Server.StopAsync(Token));
        using var limit = new CancellationTokenSource(Short, TimeProvider.System);

        var stopping = node.Inbox.Receiver.StopAsync(limit.Token).AsTask();
        await stopping.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Prompt, TimeProvider.System, Token);
        await node.DisposeAsync().AsTask().WaitAsync(Prompt, TimeProvider.System, Token);

        await waiting.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Prompt, TimeProvider.System, Token);
        await RestoreAsync();
        var other = await Bench.NodeAsync();
        await other.Inbox.ReceiveAsync(20);
    }

    /// <summary>Leaves the server running for the next check.</summary>
    private protected override async ValueTask AfterAsync() => await RestoreAsync();

    private async Task RestoreAsync()
    {
        if (Fixture.Server is not { } server)
        {
            return;
        }

        if (!server.IsRunning)
        {
            await server.StartAsync();
        }

        await server.ResumeAsync();
    }

    private async Task RestartAsync(bool isKilled)
    {
        await (isKilled ? Server.KillAsync(Token) : Server.StopAsync(Token));
        await Server.StartAsync(Token);
    }

    // A producer whose connection has just been lost may be told so once.
    private Task AcceptAsync(Node node, Draft draft) =>
        Bench.UntilAsync(async () => (await node.SendAsync(draft with { MayRepeat = true })).IsStored, "the producer is served again");

    private static async Task<T?> SucceedsAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is IOException or JobException)
        {
            return default;
        }
    }
}
