using System.Text;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis;

/// <summary>The broker on a server that answers as the test says; where the test says nothing, as one with an empty queue.</summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    public const string Queue = "default";

    private static readonly QueueKeys Keys = new("scripted", Queue);

    private readonly ScriptedRedis _server;
    private readonly RedisBroker _broker;

    /// <param name="answer">Command → reply as it goes out; empty: the connection is closed; null: as an empty queue answers.</param>
    public ScriptedBroker(Func<string, string?> answer)
    {
        _server = new ScriptedRedis(command => answer(command) ?? Idle(command));
        _broker = new RedisBroker(
            RedisClient.Open(Clients.Options(_server.EndPoint), TimeProvider.System, NullLogger.Instance),
            "scripted",
            new RedisBrokerOptions(),
            TimeProvider.System,
            new JobsTelemetry(),
            NullLogger.Instance);
    }

    public ValueTask<IJobReceiver> OpenReceiverAsync(TimeSpan lease) =>
        _broker.OpenReceiverAsync(Queue, new ReceiverOptions { Lease = lease, Worker = "test" }, TestContext.Current.CancellationToken);

    /// <summary>The answer to a read: entries with jobs of the same ids.</summary>
    public static string Entries(params string[] ids) =>
        $"%1\r\n{Bulk(Encoding.UTF8.GetString(Keys.Streams[1]))}*{ids.Length}\r\n{string.Concat(ids.Select(Entry))}";

    /// <summary>True if a command calls a script.</summary>
    public static bool Calls(string command, RedisScript script) =>
        command.StartsWith("EVAL", StringComparison.Ordinal)
        && (command.Contains(Encoding.ASCII.GetString(script.Hash), StringComparison.Ordinal) || command.Contains(Encoding.UTF8.GetString(script.Source), StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static string? Idle(string command)
    {
        if (Calls(command, QueueScripts.Promote))
        {
            return "*2\r\n:0\r\n:-1\r\n";
        }

        if (Calls(command, QueueScripts.Reclaim))
        {
            return "*1\r\n:0\r\n";
        }

        return command.Split(' ')[0] switch
        {
            "INFO" => Bulk("redis_version:7.0.0\r\nuptime_in_seconds:100000\r\n"),
            "EXISTS" or "EVAL" or "EVALSHA" => ":0\r\n",
            // A read that waits is not answered before it is told to end.
            "XREADGROUP" => null,
            _ when command.StartsWith("CLIENT UNBLOCK", StringComparison.Ordinal) => ":1\r\n",
            _ => ScriptedRedis.Plain(command),
        };
    }

    private static string Entry(string id)
    {
        var document = $$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"test","jobqueue":"{{Queue}}","data":{ } }""";
        return $"*2\r\n{Bulk(id)}*2\r\n{Bulk("d")}{Bulk(document)}";
    }

    private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";
}
