using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

/// <summary>What counts the bytes of the whole process, or takes its thread pool.</summary>
[Collection(StarvingCollection.Name)]
public sealed class NatsAloneTests : IAsyncLifetime
{
    private const int Blockers = 200;

    private readonly NatsServer _server = new();
    private INatsClient _client = null!;
    private INatsClient _other = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Token);
        _client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        _other = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _other.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_allocate_nothing(bool isReadLate)
    {
        using var subscription = _other.Subscribe("echo", new Answering(_other));
        await _other.FlushAsync(Token);
        // Late, so that the client has received into its second buffer, too.
        await RequestAsync(2_000, isReadLate: true);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RequestAsync(5_000, isReadLate);

        // One object for each would be 24 bytes at the least.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 5_000, 0, 8);
    }

    [Fact]
    public async Task Publishing_needs_no_thread_of_the_pool()
    {
        var received = new Counting(100);
        using var subscription = _other.Subscribe("renew", received);
        await _other.FlushAsync(Token);

        await Task.Factory.StartNew(
            () =>
            {
                using var release = new ManualResetEventSlim();
                var blocked = Enumerable.Range(0, Blockers).Select(_ => Task.Run(release.Wait)).ToArray();
                try
                {
                    for (var i = 0; i < 100; i++)
                    {
                        _client.Publish("renew"u8, default, default, "+WPI"u8);
                    }

                    // Before the pool has got as many threads as are blocked.
                    Assert.True(received.All.Wait(TimeSpan.FromSeconds(5)));
                }
                finally
                {
                    release.Set();
                    Task.WaitAll(blocked);
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    // Late: only when the next reply has come.
    private async Task RequestAsync(int count, bool isReadLate)
    {
        var held = default(HeldMessage);
        for (var i = 0; i < count; i++)
        {
            var reply = await _client.RequestAsync("echo"u8, default, "x"u8, NatsClients.Patience, CancellationToken.None).ConfigureAwait(false);
            (isReadLate ? held : reply).Dispose();
            held = isReadLate ? reply : default;
        }

        held.Dispose();
    }

    private sealed class Answering(INatsClient client) : IMessageHandler
    {
        public void OnMessage(in NatsMessage message) => client.Publish(message.ReplyTo, default, default, message.Payload);

        public void OnRefused(NatsPermissionException error)
        {
        }
    }

    private sealed class Counting(int count) : IMessageHandler
    {
        private int _left = count;

        public ManualResetEventSlim All { get; } = new();

        public void OnMessage(in NatsMessage message)
        {
            if (--_left == 0)
            {
                All.Set();
            }
        }

        public void OnRefused(NatsPermissionException error)
        {
        }
    }
}
