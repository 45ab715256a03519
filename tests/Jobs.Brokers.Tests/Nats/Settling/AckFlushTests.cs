using System.Globalization;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Settling;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Settling;

/// <summary>One answer stands for many acknowledgements: it must be the right one.</summary>
public sealed class AckFlushTests : IAsyncLifetime
{
    private readonly NatsServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("0:7 0:30 0:9", "0:7 0:9 0:30?")]
    [InlineData("0:30 1:8 0:9 1:7", "0:9 1:7 0:30? 1:8?")]
    [InlineData("2:1", "2:1?")]
    public async Task The_highest_of_each_consumer_goes_last_and_asks(string handedOut, string expected)
    {
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
        var consumers = new Consumers(client);
        using var subscription = client.Subscribe("ack.*.*", consumers);
        var targets = handedOut.Split(' ').Select(static text => text.Split(':')).Select(static parts => new Target(int.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture))).ToArray();

        await new AckFlush().SendAsync(client, "+ACK"u8, targets.AsSpan(), NatsClients.Patience);

        Assert.Equal(expected, string.Join(' ', consumers.Taken));
    }

    private sealed class Target(int consumer, ulong sequence) : IAckTarget
    {
        private readonly byte[] _subject = Encoding.ASCII.GetBytes($"ack.{consumer}.{sequence}");

        public int Consumer => consumer;

        public ulong Sequence => sequence;

        public ReadOnlySpan<byte> AckSubject => _subject;
    }

    // Answers as consumers do.
    private sealed class Consumers(INatsClient client) : IMessageHandler
    {
        public List<string> Taken { get; } = [];

        public void OnMessage(in NatsMessage message)
        {
            var parts = Encoding.ASCII.GetString(message.Subject).Split('.');
            Taken.Add($"{parts[1]}:{parts[2]}{(message.ReplyTo.IsEmpty ? "" : "?")}");
            if (!message.ReplyTo.IsEmpty)
            {
                client.Publish(message.ReplyTo, default, default, default);
            }
        }

        public void OnRefused(NatsPermissionException error)
        {
        }
    }
}
