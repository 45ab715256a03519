using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsReconnectTests : IAsyncLifetime
{
    private readonly NatsServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_restarted_server_is_found_again_with_all_subscriptions()
    {
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        var echo = new Echo(client);
        using var subscription = client.Subscribe("echo", echo);
        client.Subscribe("gone", echo).Dispose();
        for (var round = 1; round <= 4; round++)
        {
            await (round % 2 == 0 ? _server.StopAsync(Token) : _server.KillAsync(Token));
            await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Reconnecting);
            await _server.StartAsync(Token);
            await client.WaitAsync();

            Assert.Equal($"{round}", await client.AskAsync("echo", $"{round}"));
            Assert.Equal(round, client.Reconnects);
            await Assert.ThrowsAsync<NatsNoRespondersException>(() => client.AskAsync("gone"));
        }
    }

    [Fact]
    public async Task A_server_that_is_down_at_first_is_awaited()
    {
        await _server.StopAsync(Token);
        await using var client = NatsClients.Open(NatsClients.Options(_server.EndPoint));
        using var subscription = client.Subscribe("echo", new Echo(client));
        var connected = client.WaitAsync();
        await NatsClients.UntilAsync(() => client.Health.Error!.Contains("cannot be reached", StringComparison.Ordinal));
        Assert.False((await Assert.ThrowsAsync<NatsConnectionException>(() => client.AskAsync("echo"))).MayHaveArrived);
        Assert.Contains($":{_server.EndPoint.Port} ", client.Health.Error, StringComparison.Ordinal);

        await _server.StartAsync(Token);
        await connected;
        Assert.Equal("x", await client.AskAsync("echo", "x"));
    }

    [Fact]
    public async Task Requests_in_flight_fail_when_the_connection_ends_and_those_after_it_at_once()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(proxy.EndPoint) with { ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        proxy.Stall();
        var inFlight = client.AskAsync("a");
        var replies = new Replies(10);
        var batch = client.RentBatch();
        for (var i = 0; i < 10; i++)
        {
            batch.Request("a"u8, [], [], replies, i);
        }

        Assert.Null(client.TrySend(batch, NatsClients.Patience));
        proxy.Refuse();
        proxy.Cut();

        Assert.True((await Assert.ThrowsAsync<NatsConnectionException>(() => inFlight)).MayHaveArrived);
        await replies.All;
        Assert.All(replies.Errors, static error => Assert.IsType<NatsConnectionException>(error));
        await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Reconnecting);
        Assert.False((await Assert.ThrowsAsync<NatsConnectionException>(() => client.AskAsync("a"))).MayHaveArrived);
        Assert.Throws<NatsConnectionException>(() => client.Publish("a", "x"));
        await Assert.ThrowsAsync<NatsConnectionException>(() => client.FlushAsync(Token).AsTask());

        var late = new Replies(1);
        Assert.IsType<NatsConnectionException>(client.TrySend(client.RentBatch().Request("a"u8, [], [], late, 0), NatsClients.Patience));
        await late.All;

        proxy.Resume();
        await client.WaitAsync();
        await Assert.ThrowsAsync<NatsNoRespondersException>(() => client.AskAsync("a"));
    }

    [Fact]
    public async Task A_server_that_stands_still_is_given_up_and_found_again()
    {
        await using var client = await NatsClients.ConnectAsync(Impatient(NatsClients.Options(_server.EndPoint)));
        await _server.PauseAsync(Token);

        // Nothing is asked: the client notices by itself.
        await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Reconnecting);
        await _server.ResumeAsync(Token);
        await client.WaitAsync();
        await client.FlushAsync(Token);
    }

    [Fact]
    public async Task A_half_open_connection_is_given_up()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        await using var client = await NatsClients.ConnectAsync(Impatient(NatsClients.Options(proxy.EndPoint)));
        var inFlight = client.AskAsync("a.b");
        await Assert.ThrowsAsync<NatsNoRespondersException>(() => inFlight);
        proxy.HalfOpen();

        await NatsClients.UntilAsync(() => client.Reconnects > 0);
        await client.WaitAsync();
        await client.FlushAsync(Token);
    }

    [Fact]
    public void By_default_a_dead_server_is_noticed_within_twenty_seconds()
    {
        var options = new NatsClientOptions();

        // Looked after each quarter of the shorter time.
        Assert.True((options.KeepAlive + options.DeadAfter) + (2 * (options.DeadAfter / 4)) <= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Listeners_hear_of_each_change_in_order()
    {
        await using var client = NatsClients.Open(NatsClients.Options(_server.EndPoint));
        var early = new Listener();
        client.AddListener(early);
        await client.WaitAsync();
        await NatsClients.UntilAsync(() => early.Count == 1);
        var late = new Listener();
        client.AddListener(late);
        Assert.Equal(["connected"], late.Heard);

        await _server.KillAsync(Token);
        await NatsClients.UntilAsync(() => early.Count == 2);
        client.RemoveListener(late);
        await _server.StartAsync(Token);
        await NatsClients.UntilAsync(() => early.Count == 3);

        Assert.Equal(["connected", "disconnected", "connected"], early.Heard);
        Assert.Equal(["connected", "disconnected"], late.Heard);
    }

    [Fact]
    public async Task What_cannot_be_sent_is_bounded_and_refused()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(proxy.EndPoint) with { PendingLimit = 256 * 1024, DrainTimeout = TimeSpan.FromMilliseconds(50) });
        proxy.Stall();
        var payload = new string('x', 100_000);
        NatsBufferFullException? full = null;
        var room = Task.CompletedTask;
        while (room.IsCompleted)
        {
            try
            {
                client.Publish("a", payload);
            }
            catch (NatsBufferFullException exception)
            {
                // The sockets on the way may take some more.
                full = exception;
                room = client.WaitForRoomAsync(Token).AsTask();
                await Task.WhenAny(room, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token));
            }
        }

        Assert.Contains("wait to be sent", full!.Message, StringComparison.Ordinal);
        var request = client.AskAsync("nobody", payload);
        Assert.False(request.IsCompleted);
        proxy.Resume();
        await room.WaitAsync(NatsClients.Patience, TimeProvider.System, Token);
        await Assert.ThrowsAsync<NatsNoRespondersException>(() => request);
    }

    [Fact]
    public async Task Whoever_disposes_a_client_leaves_nobody_waiting()
    {
        var client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint) with { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        await _server.PauseAsync(Token);
        var inFlight = client.AskAsync("a");
        await client.DisposeAsync();
        await _server.ResumeAsync(Token);

        await Assert.ThrowsAsync<NatsConnectionException>(() => inFlight);
        await Assert.ThrowsAsync<ObjectDisposedException>(client.WaitAsync);
        await Assert.ThrowsAsync<NatsConnectionException>(() => client.AskAsync("a"));
        await client.DisposeAsync();
    }

    private static NatsClientOptions Impatient(NatsClientOptions options) => options with
    {
        KeepAlive = TimeSpan.FromMilliseconds(200),
        DeadAfter = TimeSpan.FromMilliseconds(400),
        ConnectTimeout = TimeSpan.FromMilliseconds(400),
    };

    private sealed class Listener : IConnectionListener
    {
        private readonly List<string> _heard = [];

        public string[] Heard
        {
            get
            {
                lock (_heard)
                {
                    return [.. _heard];
                }
            }
        }

        public int Count => Heard.Length;

        public void OnConnected(NatsServerInfo server)
        {
            Assert.NotEmpty(server.Version);
            Add("connected");
        }

        public void OnDisconnected(Exception cause) => Add("disconnected");

        private void Add(string what)
        {
            lock (_heard)
            {
                _heard.Add(what);
            }
        }
    }
}
