using System.Globalization;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsClientTests : IAsyncLifetime
{
    private readonly NatsServer _server = new();
    private INatsClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Token);
        _client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public void The_server_tells_what_it_is()
    {
        Assert.NotNull(_client.Server);
        Assert.True(_client.Server.IsAtLeast(2, 9, 0));
        Assert.True(_client.Server is { HasHeaders: true, HasJetStream: true, MaxPayload: 1024 * 1024 });
        Assert.Equal(BrokerStatus.Connected, _client.Health.Status);
    }

    [Fact]
    public async Task Messages_arrive_in_order_with_their_parts()
    {
        var parts = new Parts();
        using var subscription = _client.Subscribe("a.*", parts);
        var headers = new NatsHeaderBlock().Add("Key"u8, "Val"u8);
        _client.Publish("a.1"u8, "r.x"u8, headers.Bytes, "with"u8);
        _client.Publish("a.2"u8, default, default, default);
        _client.Publish("b.1"u8, default, default, "not for us"u8);
        await _client.FlushAsync(Token);

        Assert.Equal(["a.1 r.x Val with", "a.2   "], parts.Texts);
    }

    [Fact]
    public async Task A_subscription_ends_when_it_is_disposed_and_a_group_shares()
    {
        var (first, second) = (new Echo(_client), new Echo(_client));
        var subscription = _client.Subscribe("g", first, "workers");
        using var other = _client.Subscribe("g", second, "workers");
        for (var i = 0; i < 100; i++)
        {
            _client.Publish("g", "x");
        }

        await _client.FlushAsync(Token);
        Assert.Equal(100, first.Waiting + second.Waiting);
        Assert.True(first.Waiting > 0 && second.Waiting > 0);

        subscription.Dispose();
        subscription.Dispose();
        var before = first.Waiting;
        _client.Publish("g", "y");
        await _client.FlushAsync(Token);
        Assert.Equal((before, 101), (first.Waiting, first.Waiting + second.Waiting));
    }

    [Fact]
    public async Task Requests_side_by_side_get_their_own_replies()
    {
        using var subscription = _client.Subscribe("echo", new Echo(_client));
        var replies = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => _client.AskAsync("echo", $"{i}")));

        Assert.Equal(Enumerable.Range(0, 2000).Select(static i => i.ToString(CultureInfo.InvariantCulture)), replies);
    }

    [Fact]
    public async Task A_batch_is_answered_by_its_tokens()
    {
        using var subscription = _client.Subscribe("echo", new Echo(_client));
        var replies = new Replies(1000);
        var batch = _client.RentBatch();
        for (var i = 0; i < 1000; i++)
        {
            batch.Request("echo"u8, [], Encoding.UTF8.GetBytes($"{i}"), replies, i);
        }

        Assert.Equal(1000, batch.Count);
        Assert.Null(_client.TrySend(batch, NatsClients.Patience));
        await replies.All;
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => i.ToString(CultureInfo.InvariantCulture)), replies.Texts);
    }

    [Fact]
    public async Task A_stream_acknowledges_a_batch_of_publishes()
    {
        Assert.Contains("\"config\"", await _client.AskAsync("$JS.API.STREAM.CREATE.S", """{"name":"S","subjects":["s.>"],"storage":"file"}"""), StringComparison.Ordinal);
        var replies = new Replies(500);
        var batch = _client.RentBatch();
        var headers = new NatsHeaderBlock();
        for (var i = 0; i < 500; i++)
        {
            batch.Request("s.a"u8, headers.Clear().Add("Nats-Msg-Id"u8, $"{i}").Bytes, "payload"u8, replies, i);
        }

        Assert.Null(_client.TrySend(batch, NatsClients.Patience));
        await replies.All;
        Assert.All(replies.Texts, static text => Assert.Contains("\"stream\":\"S\"", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_there_is_told_at_once()
    {
        var error = await Assert.ThrowsAsync<NatsNoRespondersException>(() => _client.AskAsync("nobody"));

        Assert.Equal("nobody", error.Subject);
    }

    [Fact]
    public async Task No_answer_in_time_names_the_subject()
    {
        using var subscription = _client.Subscribe("silent", new Parts());
        var error = await Assert.ThrowsAsync<NatsTimeoutException>(() => _client.AskAsync("silent", timeout: TimeSpan.FromMilliseconds(20)));

        Assert.Equal("silent", error.Subject);
        Assert.Contains("0.02 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_request_has_its_own_time()
    {
        using var subscription = _client.Subscribe("silent", new Parts());
        var late = _client.AskAsync("silent", timeout: TimeSpan.FromMilliseconds(400));
        var soon = _client.AskAsync("silent", timeout: TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAsync<NatsTimeoutException>(() => soon);
        Assert.False(late.IsCompleted);
        await Assert.ThrowsAsync<NatsTimeoutException>(() => late);
    }

    [Fact]
    public async Task A_token_ends_the_wait()
    {
        using var subscription = _client.Subscribe("silent", new Parts());
        using var cancellation = new CancellationTokenSource();
        var request = _client.RequestAsync("silent"u8, [], [], NatsClients.Patience, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        Assert.Equal(cancellation.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => request)).CancellationToken);
        await Assert.ThrowsAsync<TaskCanceledException>(() => _client.RequestAsync("silent"u8, [], [], NatsClients.Patience, cancellation.Token).AsTask());
    }

    [Fact]
    public async Task What_is_too_large_is_refused_before_it_ends_the_connection()
    {
        var error = Assert.Throws<NatsMaxPayloadException>(() => _client.Publish("a"u8, default, default, new byte[(1024 * 1024) + 1]));
        Assert.Equal(((1024 * 1024) + 1, 1024 * 1024), (error.Size, error.Limit));
        Assert.Throws<NatsMaxPayloadException>(() => _client.Publish("a"u8, default, new byte[70_000], default));

        using var subscription = _client.Subscribe("echo", new Echo(_client));
        Assert.Equal(1024 * 1024, (await _client.AskAsync("echo", new string('x', 1024 * 1024))).Length);
        Assert.Equal(0, _client.Reconnects);
    }

    [Fact]
    public async Task A_subject_that_would_break_the_protocol_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _client.Publish("a b"u8, default, default, default));
        Assert.Throws<ArgumentException>(() => _client.Publish("a"u8, "b\r\n"u8, default, default));
        Assert.Throws<ArgumentException>(() => _client.Subscribe("a..b", new Parts()));
        Assert.Throws<ArgumentException>(() => _client.Subscribe("a", new Parts(), "q q"));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.AskAsync("a.*"));

        await _client.FlushAsync(Token);
    }

    [Fact]
    public async Task A_handler_that_throws_harms_nobody_else()
    {
        using var bad = _client.Subscribe("x", new Throwing());
        using var good = _client.Subscribe("echo", new Echo(_client));
        _client.Publish("x", "1");

        Assert.Equal("2", await _client.AskAsync("echo", "2"));
    }

    [Fact]
    public async Task Publishing_and_receiving_allocate_nothing()
    {
        var counter = new Allocations(10_000);
        using var subscription = _client.Subscribe("n", counter);
        var payload = new byte[256];
        long sent = 0;
        for (var i = 0; i < 200; i++)
        {
            // Buffers have their size, and pools what they need, once the first half is through.
            sent = (i < 100 ? 0 : sent) + PublishHundred(payload);
            await _client.FlushAsync(Token);
        }

        Assert.InRange(sent, 0, 10_000);
        Assert.InRange(counter.Last, 0, 10_000);
    }

    [Fact]
    public async Task Disposing_sends_what_waits_and_hands_out_what_was_under_way()
    {
        await using var sender = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        var received = new Echo(_client);
        using var subscription = _client.Subscribe("last", received);
        await _client.FlushAsync(Token);
        for (var i = 0; i < 1000; i++)
        {
            // More than the sockets take at once.
            sender.Publish("last", new string('x', 3000));
        }

        await sender.DisposeAsync();
        await _client.FlushAsync(Token);
        Assert.Equal(1000, received.Waiting);
        Assert.Throws<NatsConnectionException>(() => sender.Publish("last", "x"));
        await Assert.ThrowsAsync<ObjectDisposedException>(sender.WaitAsync);
    }

    private sealed class Parts : IMessageHandler
    {
        public List<string> Texts { get; } = [];

        public void OnMessage(in NatsMessage message)
        {
            message.Headers.TryGet("Key"u8, out var value);
            Texts.Add($"{Encoding.UTF8.GetString(message.Subject)} {Encoding.UTF8.GetString(message.ReplyTo)} {Encoding.UTF8.GetString(value)} {Encoding.UTF8.GetString(message.Payload)}");
        }

        public void OnRefused(NatsPermissionException error)
        {
        }
    }

    private sealed class Throwing : IMessageHandler
    {
        public void OnMessage(in NatsMessage message) => throw new InvalidOperationException("Bad.");

        public void OnRefused(NatsPermissionException error)
        {
        }
    }

    private long PublishHundred(byte[] payload)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _client.Publish("n"u8, "r.x"u8, default, payload);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // What the thread that reads allocates between the first and the last of so many messages.
    private sealed class Allocations(int count) : IMessageHandler
    {
        private long _before;
        private int _seen;

        public long Last { get; private set; } = -1;

        public void OnMessage(in NatsMessage message)
        {
            if (_seen == 0)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }

            if (++_seen == count)
            {
                _seen = 0;
                Last = GC.GetAllocatedBytesForCurrentThread() - _before;
            }
        }

        public void OnRefused(NatsPermissionException error)
        {
        }
    }
}
