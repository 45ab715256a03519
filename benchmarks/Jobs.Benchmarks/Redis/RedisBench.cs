using System.Net;
using Jobs.Benchmarks.Brokers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;

namespace Jobs.Benchmarks.Redis;

/// <summary>What the paths on Redis share: the queue, the same commands for ours and for the bare loop, hosts.</summary>
internal sealed class RedisBench(IPEndPoint server) : BrokerBench
{
    public const int BatchSize = 256;

    public QueueKeys Keys { get; } = new(Namespace, "default");

    public BareRedis Connect() => new(server);

    protected override Dictionary<string, string?> Configuration => new() { ["Jobs:Broker"] = "redis", ["Jobs:Redis:ConnectionString"] = server.ToString() };

    public override void Reset()
    {
        using var redis = Connect();
        redis.Call(RespCommand.Rent("FLUSHALL"u8));
        redis.Call(RespCommand.Rent("XGROUP"u8).Add("CREATE"u8).Key(Keys.Streams[1]).Add(QueueKeys.Group).Add("0"u8).Add("MKSTREAM"u8));
        redis.Call(RespCommand.Rent("SCRIPT"u8).Add("LOAD"u8).Add(QueueScripts.Send.Source));
        redis.Call(RespCommand.Rent("SCRIPT"u8).Add("LOAD"u8).Add(QueueScripts.Complete.Source));
    }

    /// <summary>Script calls of a batch each, eight under way.</summary>
    public override void Enqueue(int jobs)
    {
        using var redis = Connect();
        var producer = Keys.Producer($"bare{Random.Shared.Next()}");
        var underWay = 0;
        for (long number = 1, left = jobs; left > 0; number++, left -= BatchSize)
        {
            if (underWay == 8)
            {
                redis.Read();
                underWay--;
            }

            redis.Add(SendCommand(Keys, producer, number, (int)Math.Min(left, BatchSize))).Flush();
            underWay++;
        }

        for (; underWay > 0; underWay--)
        {
            redis.Read();
        }
    }

    /// <summary>Makes the group believe that it has read everything.</summary>
    public override Task HideAsync()
    {
        SetGroup("$");
        return Task.CompletedTask;
    }

    public override Task ShowAsync()
    {
        SetGroup("0");
        using var redis = Connect();
        redis.Call(RespCommand.Rent("XADD"u8).Key(Keys.Streams[1]).Add("*"u8).Add("d"u8).Add(Document));
        return Task.CompletedTask;
    }

    public override void WaitForReceiver()
    {
        using var redis = Connect();
        while (!redis.Call(RespCommand.Rent("INFO"u8).Add("clients"u8)).ReadString().Contains("blocked_clients:1", StringComparison.Ordinal))
        {
            Thread.Yield();
        }
    }

    private void SetGroup(string id)
    {
        using var redis = Connect();
        redis.Call(RespCommand.Rent("XGROUP"u8).Add("SETID"u8).Key(Keys.Streams[1]).Add(QueueKeys.Group).Add(id));
    }

    /// <summary>The broker's call for so many messages that it accepts without looking any up.</summary>
    public static RespCommand SendCommand(QueueKeys keys, byte[] producer, long number, int count)
    {
        var command = RespCommand.Rent(QueueScripts.Send, 7).Key(producer).Key(keys.Limit).Key(keys.Delayed).Key(keys.Bodies);
        foreach (var stream in keys.Streams)
        {
            command.Key(stream);
        }

        command.Add(number).Add(0).Add(keys.DedupePrefix).Add(1000);
        for (var i = 0; i < count; i++)
        {
            command.Add(2).Add(0).Add([]).Add([]).Add(Document);
        }

        return command;
    }
}
