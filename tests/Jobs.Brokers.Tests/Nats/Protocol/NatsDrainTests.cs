using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Testing;

namespace Jobs.Brokers.Tests.Nats.Protocol;

/// <summary>A client that is disposed ends in order, or in time.</summary>
public sealed class NatsDrainTests : IAsyncLifetime
{
    private readonly NatsServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_the_server_had_sent_is_handed_out_and_what_is_acknowledged_meanwhile_goes_out()
    {
        const int Count = 1_000;
        await using var sender = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        var acknowledged = new Echo(sender);
        using var acknowledgements = sender.Subscribe("acks", acknowledged);
        var client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        using var received = new Held(client);
        using var subscription = client.Subscribe("jobs", received);
        await client.FlushAsync(Token);
        for (var i = 0; i < Count; i++)
        {
            sender.Publish("jobs", "x", "acks");
        }

        await sender.FlushAsync(Token);
        var closing = client.DisposeAsync();
        received.Release();
        await closing;
        await sender.FlushAsync(Token);

        Assert.Equal((Count, Count), (received.Count, acknowledged.Waiting));
    }

    [Fact]
    public async Task A_request_under_way_is_answered()
    {
        await using var other = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        using var answering = new Held(other);
        using var subscription = other.Subscribe("asked", answering);
        await other.FlushAsync(Token);
        var client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));

        var answer = client.AskAsync("asked", "question");
        var closing = client.DisposeAsync();
        answering.Release();
        await closing;

        Assert.Equal("question", await answer);
    }

    [Fact]
    public async Task A_server_that_is_silent_is_waited_for_as_long_as_told()
    {
        var time = new FakeTimeProvider();
        var client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint) with { DrainTimeout = TimeSpan.FromSeconds(3) }, time);
        await _server.PauseAsync(Token);

        var closing = client.DisposeAsync().AsTask();
        time.Advance(TimeSpan.FromMilliseconds(2_999));
        Assert.False(closing.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await closing.WaitAsync(NatsClients.Patience, TimeProvider.System, Token);

        await _server.ResumeAsync(Token);
    }

    /// <summary>Sends everything back, from when it is told to.</summary>
    private sealed class Held(INatsClient client) : IMessageHandler, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public int Count { get; private set; }

        public void Release() => _released.Set();

        public void OnMessage(in NatsMessage message)
        {
            _released.Wait(NatsClients.Patience, CancellationToken.None);
            Count++;
            client.Publish(message.ReplyTo, default, default, message.Payload);
        }

        public void OnRefused(NatsPermissionException error)
        {
        }

        public void Dispose() => _released.Dispose();
    }
}
