using System.Net;
using Jobs.Brokers.Redis.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Protocol;

/// <summary>Makes clients, and asks them in a word.</summary>
internal static class Clients
{
    // Long enough for a machine with other things to do; reached only by a test that fails.
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static RedisClientOptions Options(params IEnumerable<IPEndPoint> servers) =>
        new() { Servers = [.. servers.Select(static server => new DnsEndPoint(server.Address.ToString(), server.Port))] };

    public static IRedisClient Open(RedisClientOptions options, TimeProvider? time = null) =>
        RedisClient.Open(options, time ?? TimeProvider.System, NullLogger.Instance);

    public static async Task<IRedisClient> ConnectAsync(RedisClientOptions options, TimeProvider? time = null)
    {
        var client = Open(options, time);
        await client.WaitAsync();
        return client;
    }

    public static Task WaitAsync(this IRedisClient client) =>
        client.WaitConnectedAsync(Token).AsTask().WaitAsync(Patience, TimeProvider.System, Token);

    public static RespCommand Command(params ReadOnlySpan<string> words)
    {
        var command = RespCommand.Rent(System.Text.Encoding.UTF8.GetBytes(words[0]));
        for (var i = 1; i < words.Length; i++)
        {
            command = i == 1 ? command.Key(System.Text.Encoding.UTF8.GetBytes(words[i])) : command.Add(words[i]);
        }

        return command;
    }

    /// <summary>Sends words, and reads the answer as text.</summary>
    public static async Task<string> AskAsync(this IRedisClient client, params string[] words)
    {
        var command = Command(words);
        using var reply = await client.ExecuteAsync(command, Token).AsTask().WaitAsync(Patience, TimeProvider.System, Token);
        command.Release();
        return reply.GetReader().ReadString();
    }

    /// <summary>Asks until a condition holds; each question waits for its answer, so the server sets the pace.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!await holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Token);
        }
    }
}
