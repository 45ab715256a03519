using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Unique keys between processes on one Redis, which is broker and store.</summary>
public sealed class RedisKeyTests : IAsyncLifetime
{
    private const int Producers = 10;
    private const int Enqueues = 1_000;

    private readonly List<IHost> _hosts = [];
    private RedisServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await _server.DisposeAsync();
    }

    [Theory, InlineData(KeyConflict.Reject), InlineData(KeyConflict.ReturnExisting)]
    [Trait("Scenario", "65")]
    public async Task S65_many_producers_that_enqueue_one_key_make_one_job(KeyConflict policy)
    {
        var hosts = new List<IHost>();
        for (var i = 0; i < Producers; i++)
        {
            hosts.Add(await StartAsync());
        }

        var options = new EnqueueOptions { Key = "one", OnConflict = policy };
        var accepted = 0;
        await Task.WhenAll(hosts.Select(host => Task.Run(async () =>
        {
            var client = host.Services.GetRequiredService<IJobClient>();
            await Task.WhenAll(Enumerable.Range(0, Enqueues).Select(async _ =>
            {
                try
                {
                    var handle = await client.EnqueueAsync(new StoreJobsClient.NothingArgs(1), options, Token);
                    Interlocked.Add(ref accepted, handle.IsExisting ? 0 : 1);
                }
                catch (JobKeyConflictException)
                {
                }
            }));
        })));

        Assert.Equal(1, accepted);
        Assert.Equal(1, (await DepthAsync(hosts[0])).Waiting);
    }

    [Fact]
    [Trait("Scenario", "65")]
    public async Task S65_many_producers_that_enqueue_many_keys_in_bulk_make_one_job_of_each()
    {
        var hosts = new List<IHost>();
        for (var i = 0; i < 4; i++)
        {
            hosts.Add(await StartAsync());
        }

        // One key for each chunk of a producer, the same for all producers.
        var handles = await Task.WhenAll(hosts.Select(host => Task.Run(async () =>
        {
            var all = new List<JobHandle>();
            for (var key = 0; key < 20; key++)
            {
                all.AddRange(await host.Services.GetRequiredService<IJobClient>().EnqueueManyAsync(
                    Enumerable.Range(0, 100).Select(static i => new StoreJobsClient.NothingArgs(i)), new() { Key = $"key {key}", OnConflict = KeyConflict.ReturnExisting }, Token));
            }

            return all;
        })));

        Assert.Equal(20, handles.SelectMany(static all => all).Count(static handle => !handle.IsExisting));
        Assert.Equal(20, handles.SelectMany(static all => all).Select(static handle => handle.Id).Distinct().Count());
        Assert.Equal(20, (await DepthAsync(hosts[0])).Waiting);
    }

    private static ValueTask<QueueDepth> DepthAsync(IHost host) => ((IQueueAdmin)host.Services.GetRequiredService<IJobBroker>()).GetDepthAsync("default", Token);

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:Broker"] = "redis",
            ["ConnectionStrings:jobs"] = _server.EndPoint.ToString(),
        });
        builder.AddJobs(static jobs => jobs.AddTestsJobs().AddRedis());
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(Token);
        return host;
    }
}
