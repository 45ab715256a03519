using System.Net;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Redis;

/// <summary>What the paths on Redis share: the queue, the same commands for ours and for the bare loop, hosts.</summary>
internal sealed class RedisBench(IPEndPoint server)
{
    public const int BatchSize = 256;

    public QueueKeys Keys { get; } = new("bench", "default");

    public byte[] Document { get; } =
        """{"specversion":"1.0","id":"019ab5cd-7e00-7a3b-8c4d-5e6f708192a3","source":"/bench","type":"bench.static","time":"2026-11-22T12:00:00.000Z","jobversion":1,"jobqueue":"default","data":{"value":42}}"""u8.ToArray();

    public BareRedis Connect() => new(server);

    /// <summary>Empties the server, and makes the queue.</summary>
    public void Reset()
    {
        using var redis = Connect();
        redis.Call(RespCommand.Rent("FLUSHALL"u8));
        redis.Call(RespCommand.Rent("XGROUP"u8).Add("CREATE"u8).Key(Keys.Streams[1]).Add(QueueKeys.Group).Add("0"u8).Add("MKSTREAM"u8));
        redis.Call(RespCommand.Rent("SCRIPT"u8).Add("LOAD"u8).Add(QueueScripts.Send.Source));
        redis.Call(RespCommand.Rent("SCRIPT"u8).Add("LOAD"u8).Add(QueueScripts.Complete.Source));
    }

    /// <summary>Enqueues jobs as fast as one socket can: script calls of a batch each, eight under way.</summary>
    public void Enqueue(int jobs)
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

            redis.Add(SendCommand(producer, number, (int)Math.Min(left, BatchSize))).Flush();
            underWay++;
        }

        for (; underWay > 0; underWay--)
        {
            redis.Read();
        }
    }

    /// <summary>Makes the group believe that it has read everything: the queue seems empty.</summary>
    public void Hide() => SetGroup("$");

    /// <summary>Takes that back, and wakes whoever waits.</summary>
    public void Show()
    {
        SetGroup("0");
        using var redis = Connect();
        redis.Call(RespCommand.Rent("XADD"u8).Key(Keys.Streams[1]).Add("*"u8).Add("d"u8).Add(Document));
    }

    public void WaitForBlockedRead()
    {
        using var redis = Connect();
        while (!redis.Call(RespCommand.Rent("INFO"u8).Add("clients"u8)).ReadString().Contains("blocked_clients:1", StringComparison.Ordinal))
        {
            Thread.Yield();
        }
    }

    public async Task<IHost> StartHostAsync(int? workers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:Broker"] = "redis",
            ["Jobs:Namespace"] = "bench",
            ["Jobs:Redis:ConnectionString"] = server.ToString(),
        });
        builder.AddJobs(jobs =>
        {
            jobs.AddBenchmarksJobs().AddRedis();
            if (workers is { } concurrency)
            {
                jobs.AddWorker(worker => (worker.Concurrency, worker.DrainTimeout) = (concurrency, TimeSpan.FromSeconds(10)));
            }
        });
        builder.Services.AddScoped<Workload.ScopedService>().AddScoped<Workload.ScopedJobs>();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private void SetGroup(string id)
    {
        using var redis = Connect();
        redis.Call(RespCommand.Rent("XGROUP"u8).Add("SETID"u8).Key(Keys.Streams[1]).Add(QueueKeys.Group).Add(id));
    }

    private RespCommand SendCommand(byte[] producer, long number, int count)
    {
        var command = RespCommand.Rent(QueueScripts.Send, 7).Key(producer).Key(Keys.Limit).Key(Keys.Delayed).Key(Keys.Bodies);
        foreach (var stream in Keys.Streams)
        {
            command.Key(stream);
        }

        command.Add(number).Add(0).Add(0).Add(Keys.DedupePrefix).Add(1000);
        for (var i = 0; i < count; i++)
        {
            command.Add(2).Add(0).Add([]).Add([]).Add(Document);
        }

        return command;
    }
}
