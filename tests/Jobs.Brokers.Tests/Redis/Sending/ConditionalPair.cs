using System.Net;
using System.Text;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Messages;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Sending;

/// <summary>A broker and the store beside it, in a namespace of their own.</summary>
internal sealed class ConditionalPair : IAsyncDisposable
{
    private static int _namespaces;

    public ConditionalPair(IPEndPoint server, IPEndPoint? storeAt = null, int database = 0, string? @namespace = null)
    {
        Namespace = $"with{Interlocked.Increment(ref _namespaces)}";
        Client = Open(server, database: 0);
        Broker = new RedisBroker(Client, Namespace, new RedisBrokerOptions { SendTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System, new JobsTelemetry(), NullLogger.Instance);
        Store = new RedisStore(Open(storeAt ?? server, database), @namespace ?? Namespace, TimeProvider.System, NullLogger.Instance);
    }

    public string Namespace { get; }

    public IRedisClient Client { get; }

    public RedisBroker Broker { get; }

    public RedisStore Store { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes the queues, with a limit or without.</summary>
    public ValueTask ProvisionAsync(int? limit = null, QueueFullMode whenFull = QueueFullMode.Reject, params string[] more) => Broker.ProvisionAsync(
        new BrokerTopology(Namespace, [.. more.Append("default").Select(queue => new QueueTopology(queue, TimeSpan.FromSeconds(30)) { MaxLength = limit, WhenFull = whenFull })]),
        ProvisionMode.CreateIfMissing,
        Token);

    /// <summary>Waits until the broker has seen the server.</summary>
    public ValueTask ConnectAsync() => Client.WaitConnectedAsync(Token);

    public async Task<(SendResult[] Results, StoreWriteResult[] Written)> SendAsync(params (JobMessage Message, StoreWrite Write)[] sends)
    {
        var (results, written) = (new SendResult[sends.Length], new StoreWriteResult[sends.Length]);
        await Broker.SendAsync(Array.ConvertAll(sends, static send => send.Message), Array.ConvertAll(sends, static send => send.Write), results, written, Token);
        return (results, written);
    }

    public ValueTask<QueueDepth> DepthAsync(string queue = "default") => Broker.GetDepthAsync(queue, Token);

    public async Task<string?> ReadAsync(string key) => await Store.GetAsync(key, Token) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    public static StoreWrite Put(string key, string value, StoreCondition? condition = null) =>
        new() { Key = key, Value = Encoding.UTF8.GetBytes(value), Condition = condition ?? StoreCondition.IfAbsent };

    /// <summary>A message as producers in other languages write it.</summary>
    public static JobMessage Message(string id, string queue = "default", DateTimeOffset? due = null, bool mayRepeat = false)
    {
        var message = JobMessage.FromBytes(Encoding.UTF8.GetBytes(
            $$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"test","jobqueue":"{{queue}}",{{(due is { } time ? $"\"jobdue\":\"{time:O}\"," : "")}}"data":{ } }"""));
        message.MayRepeat = mayRepeat;
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static IRedisClient Open(IPEndPoint server, int database) => Clients.Open(Clients.Options(server) with { Database = database });
}
