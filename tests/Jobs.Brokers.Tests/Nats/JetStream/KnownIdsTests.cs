using System.Collections.Concurrent;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

public sealed class KnownIdsTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData(",\"cluster\":\"three\"", false)]
    public async Task Only_a_server_that_stands_alone_is_asked(string cluster, bool isAsked)
    {
        var lines = new ConcurrentQueue<string>();
        await using var server = new ScriptedNats(
            line =>
            {
                lines.Enqueue(line);
                return ScriptedNats.Plain(line);
            },
            $"INFO {{\"server_id\":\"scripted\",\"version\":\"2.99.0\",\"headers\":true,\"max_payload\":1048576{cluster}}}\r\n");
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint));

        KnownIds.KeepAsking(client, "shop.queue.default.normal");
        await client.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(isAsked, lines.Any(static line => line.StartsWith("HPUB shop.queue.default.normal ", StringComparison.Ordinal)));
    }
}
