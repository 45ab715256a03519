using System.Globalization;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Unique keys where one Redis server is broker and store: the job and its key are one step.</summary>
public sealed class OneStepKeyTests(StoreServers.Redis servers) : StoreTests<StoreServers.Redis>(servers)
{
    private readonly RedisServer _server = (RedisServer)servers.Broker;

    [Fact]
    public async Task An_enqueue_is_one_script_and_a_conflict_is_one_more_look()
    {
        var host = await StartAsync(works: false);
        await EnqueueAsync(host, 0);
        await _server.CommandAsync("CONFIG RESETSTAT", Token);
        for (var i = 1; i <= 10; i++)
        {
            await EnqueueAsync(host, i);
        }

        Assert.Equal(10, await ScriptsAsync());
        await Assert.ThrowsAsync<JobKeyConflictException>(() => EnqueueAsync(host, 1));
        Assert.Equal(11, await ScriptsAsync());
    }

    [Fact]
    public async Task A_bulk_call_is_one_script_for_each_batch()
    {
        var host = await StartAsync(works: false);
        await EnqueueAsync(host, 0);
        await _server.CommandAsync("CONFIG RESETSTAT", Token);
        await Client(host).EnqueueManyAsync(Enumerable.Range(1, 256).Select(static i => new ClaimJobsClient.UniqueArgs(i)), options: null, Token);

        Assert.Equal(1, await ScriptsAsync());
        Assert.Equal(257, (await DepthAsync(host)).Waiting);
    }

    [Fact]
    public async Task A_full_queue_leaves_the_key_free()
    {
        var host = await StartAsync(works: false, settings: new() { ["Jobs:Queues:default:MaxLength"] = "1" });
        await EnqueueAsync(host, 1);
        Assert.Equal(SendStatus.QueueFull, (await Assert.ThrowsAsync<JobEnqueueException>(() => EnqueueAsync(host, 2))).Status);

        await ((IQueueAdmin)host.Services.GetRequiredService<IJobBroker>()).PurgeAsync("default", Token);
        await EnqueueAsync(host, 2);
    }

    [Fact]
    public async Task An_enqueue_whose_answer_was_lost_is_found_out_and_is_one_job()
    {
        var route = Divert();
        var host = await StartAsync(works: false, route: route);
        var other = await StartAsync(works: false);
        await EnqueueAsync(host, 0);
        route.Broker.Stall(ProxyDirection.ToClient);
        var enqueueing = EnqueueAsync(host, 1);
        await UntilAsync(async () => (await DepthAsync(other)).Waiting == 2);
        var taken = await Assert.ThrowsAsync<JobKeyConflictException>(() => EnqueueAsync(other, 1));

        route.Broker.Cut();
        route.Broker.Resume();
        var handle = await enqueueing;

        Assert.Equal((taken.ExistingId, false), (handle.Id, handle.IsExisting));
        Assert.Equal(2, (await DepthAsync(other)).Waiting);
    }

    // The answer never came, and nobody is left to confirm anything: the key is held as long as by any other job.
    [Fact]
    public async Task A_producer_that_dies_before_the_answer_leaves_the_job_and_its_key()
    {
        var route = Divert();
        var host = await StartAsync(works: false, route: route);
        var other = await StartAsync(works: false);
        await EnqueueAsync(host, 0);
        route.Broker.Stall(ProxyDirection.ToClient);
        _ = EnqueueAsync(host, 1).ContinueWith(static _ => { }, TaskScheduler.Default);
        await UntilAsync(async () => (await DepthAsync(other)).Waiting == 2);
        route.End();

        await Assert.ThrowsAsync<JobKeyConflictException>(() => EnqueueAsync(other, 1));
        var entry = await other.Services.GetRequiredService<IJobStore>().GetAsync("key:claims.unique:unique:1", Token);
        Assert.Contains("waiting", System.Text.Encoding.UTF8.GetString(entry!.Value.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_frees_what_was_taken_in_one_step()
    {
        var host = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await EnqueueAsync(host, 1);
            await UntilAsync(async () => await host.Services.GetRequiredService<IJobStore>().GetAsync("key:claims.unique:unique:1", Token) is null);
        }
    }

    [Fact]
    public async Task On_a_cluster_it_takes_steps()
    {
        await using var cluster = new LocalCluster();
        await cluster.InitializeAsync();
        var host = await StartAsync(works: false, settings: new() { ["ConnectionStrings:jobs-redis"] = cluster.Nodes[0].EndPoint.ToString() });
        var first = await EnqueueAsync(host, 1);

        Assert.False(((IConditionalSender)host.Services.GetRequiredService<IJobBroker>()).CanWriteTo(host.Services.GetRequiredService<IJobStore>()));
        Assert.Equal(first.Id, (await Assert.ThrowsAsync<JobKeyConflictException>(() => EnqueueAsync(host, 1))).ExistingId);
        Assert.Equal(1, (await DepthAsync(host)).Waiting);
    }

    private static Task<JobHandle> EnqueueAsync(IHost host, int value) => Client(host).EnqueueAsync(new ClaimJobsClient.UniqueArgs(value), options: null, Token).AsTask();

    private async Task<long> ScriptsAsync()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        return (await client.AskAsync("INFO", "commandstats")).Split("\r\n").Where(static line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal))
            .Sum(static line => long.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
    }
}
