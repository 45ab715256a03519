using Jobs.Benchmarks.Ratios;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;

namespace Jobs.Benchmarks.Redis;

/// <summary>Read, then complete: one thread, the acknowledgement of a batch travels with the question for the next.</summary>
internal sealed class BareRedisProcess(RedisBench bench, int credit) : IBenchPath
{
    public string Name => "bare read and complete loop";

    public Task PrepareAsync(int jobs)
    {
        bench.Reset();
        bench.Enqueue(jobs);
        return Task.CompletedTask;
    }

    public Task RunAsync(int jobs)
    {
        using var redis = bench.Connect();
        redis.Add(ReadCommand()).Flush();
        for (var done = 0; done < jobs;)
        {
            var reply = redis.Read();
            reply.ReadArray();
            reply.ReadArray();
            reply.Skip();
            var count = reply.ReadArray();
            var complete = RespCommand.Rent(QueueScripts.Complete, 1).Key(bench.Keys.Streams[1]);
            for (var i = 0; i < count; i++)
            {
                reply.ReadArray();
                complete.Add(reply.ReadBytes());
                reply.Skip();
            }

            done += count;
            redis.Add(complete);
            if (done < jobs)
            {
                redis.Add(ReadCommand());
            }

            redis.Flush();
            redis.Read();
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;

    private RespCommand ReadCommand() => RespCommand.Rent("XREADGROUP"u8).Add("GROUP"u8).Add(QueueKeys.Group).Add("bare"u8)
        .Add("COUNT"u8).Add(credit).Add("BLOCK"u8).Add(2000).Add("STREAMS"u8).Key(bench.Keys.Streams[1]).Add(">"u8);
}
