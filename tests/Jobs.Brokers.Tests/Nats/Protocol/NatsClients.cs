using System.Net;
using System.Text;
using Jobs.Brokers.Nats.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Protocol;

/// <summary>Makes clients, and asks them in a word.</summary>
internal static class NatsClients
{
    // Long enough for a machine with other things to do; reached only by a test that fails.
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static NatsClientOptions Options(params IEnumerable<IPEndPoint> servers) =>
        new() { Servers = [.. servers.Select(static server => new DnsEndPoint(server.Address.ToString(), server.Port))], UseGossip = false };

    public static INatsClient Open(NatsClientOptions options, TimeProvider? time = null) =>
        NatsClient.Open(options, time ?? TimeProvider.System, NullLogger.Instance);

    public static async Task<INatsClient> ConnectAsync(NatsClientOptions options, TimeProvider? time = null)
    {
        var client = Open(options, time);
        await client.WaitAsync();
        return client;
    }

    public static Task WaitAsync(this INatsClient client) =>
        client.WaitConnectedAsync(Token).AsTask().WaitAsync(Patience, TimeProvider.System, Token);

    /// <summary>Waits for the connection to be refused; why.</summary>
    public static async Task<string> RefusedAsync(NatsClientOptions options)
    {
        await using var client = Open(options);
        var error = await Assert.ThrowsAsync<JobConfigurationException>(client.WaitAsync);
        Assert.Equal(BrokerStatus.Failed, client.Health.Status);
        Assert.Equal(error.Message, client.Health.Error);
        return error.Message;
    }

    public static void Publish(this INatsClient client, string subject, string payload, string replyTo = "") =>
        client.Publish(Encoding.UTF8.GetBytes(subject), Encoding.UTF8.GetBytes(replyTo), [], Encoding.UTF8.GetBytes(payload));

    /// <summary>Sends a request; its reply as text.</summary>
    public static async Task<string> AskAsync(this INatsClient client, string subject, string payload = "", TimeSpan? timeout = null)
    {
        using var reply = await client.RequestAsync(Encoding.UTF8.GetBytes(subject), [], Encoding.UTF8.GetBytes(payload), timeout ?? Patience, Token)
            .AsTask().WaitAsync(Patience, TimeProvider.System, Token);
        return Encoding.UTF8.GetString(reply.Payload);
    }

    /// <summary>Looks until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Token);
        }
    }
}
