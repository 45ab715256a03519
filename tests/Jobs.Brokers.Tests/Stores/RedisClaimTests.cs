using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Limits and idempotency keys between processes on one Redis, and across the death of one.</summary>
public sealed class RedisClaimTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<IHost> _hosts = [];
    private RedisServer _server = null!;
    private TcpProxy? _proxy;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await host.StopAsync(soon.Token);
            host.Dispose();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_a_limit_holds_across_processes()
    {
        var log = new ClaimLog { After = static token => Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token) };
        var hosts = new[] { await StartAsync(log), await StartAsync(log), await StartAsync(log) };
        await Client(hosts[0]).EnqueueManyAsync(Enumerable.Range(0, 30).Select(static value => new ClaimJobsClient.LimitedArgs(value)), cancellationToken: Token);

        await UntilAsync(() => log.Effects.Count == 30);

        Assert.Equal(2, log.Most);
        Assert.Equal(Enumerable.Range(0, 30), log.Effects.Order());
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_the_permit_of_a_process_that_died_is_used_by_another()
    {
        _proxy = new TcpProxy(_server.EndPoint);
        var dead = new ClaimLog { After = static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token) };
        var doomed = await StartAsync(dead, _proxy.EndPoint.ToString());
        await Client(doomed).EnqueueAsync(new ClaimJobsClient.ForTenantArgs("a", 1), cancellationToken: Token);
        await UntilAsync(() => dead.Effects.Count == 1);
        _proxy.Refuse();
        _proxy.Cut();

        var log = new ClaimLog();
        var started = TimeProvider.System.GetTimestamp();
        var survivor = await StartAsync(log);
        await Client(survivor).EnqueueAsync(new ClaimJobsClient.ForTenantArgs("a", 2), cancellationToken: Token);
        await Client(survivor).EnqueueAsync(new ClaimJobsClient.ForTenantArgs("bb", 8), cancellationToken: Token);
        await UntilAsync(() => log.Effects.Contains(10));
        Assert.DoesNotContain(3, log.Effects);

        // Its own job, which comes back, and the one that waited.
        await UntilAsync(() => log.Effects.Count == 3);
        Assert.Equal([2, 3, 10], log.Effects.Order());
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(2));
    }

    [Fact]
    [Trait("Scenario", "66")]
    [Trait("Mistake", "D14")]
    public async Task S66_of_many_jobs_with_one_key_on_several_processes_one_does_the_work()
    {
        var log = new ClaimLog { After = static token => Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, token) };
        var hosts = new[] { await StartAsync(log), await StartAsync(log), await StartAsync(log) };
        foreach (var host in hosts)
        {
            await Client(host).EnqueueManyAsync(Enumerable.Range(0, 30).Select(static value => new ClaimJobsClient.OnceArgs(value % 3)), cancellationToken: Token);
        }

        var admin = (IQueueAdmin)hosts[0].Services.GetRequiredService<IJobBroker>();
        await UntilAsync(() => admin.GetDepthAsync("default", Token).AsTask().GetAwaiter().GetResult() is { Waiting: 0, InFlight: 0, Delayed: 0 });

        Assert.Equal([0, 1, 2], log.Effects.Order());
    }

    [Fact]
    [Trait("Scenario", "66")]
    public async Task S66_the_work_of_a_process_that_died_before_it_could_say_so_is_done_again_and_then_no_more()
    {
        _proxy = new TcpProxy(_server.EndPoint);
        var proxy = _proxy;
        var dead = new ClaimLog
        {
            After = _ =>
            {
                proxy.Refuse();
                proxy.Cut();
                return Task.CompletedTask;
            },
        };
        var doomed = await StartAsync(dead, _proxy.EndPoint.ToString());
        await Client(doomed).EnqueueAsync(new ClaimJobsClient.OnceArgs(7), cancellationToken: Token);
        await UntilAsync(() => dead.Effects.Count == 1);

        var log = new ClaimLog();
        var survivor = await StartAsync(log);
        await UntilAsync(() => log.Effects.Count == 1);
        await Client(survivor).EnqueueAsync(new ClaimJobsClient.OnceArgs(7), cancellationToken: Token);
        await Client(survivor).EnqueueAsync(new ClaimJobsClient.OnceArgs(8), cancellationToken: Token);
        var admin = (IQueueAdmin)survivor.Services.GetRequiredService<IJobBroker>();
        await UntilAsync(() => log.Effects.Contains(8) && admin.GetDepthAsync("default", Token).AsTask().GetAwaiter().GetResult() is { Waiting: 0, InFlight: 0, Delayed: 0 });

        Assert.Equal([7, 8], log.Effects);
    }

    private static IJobClient Client(IHost host) => host.Services.GetRequiredService<IJobClient>();

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not come to that in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private async Task<IHost> StartAsync(ClaimLog log, string? endPoint = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:Broker"] = "redis",
            ["ConnectionStrings:jobs"] = endPoint ?? _server.EndPoint.ToString(),
            ["Jobs:Queues:default:Lease"] = "00:00:02",
            ["Jobs:Worker:DrainTimeout"] = "00:00:01",
        });
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton(new StepLog(hangsIn: -1));
        builder.AddJobs(static jobs => jobs.AddTestsJobs().AddRedis().AddWorker());
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(Token);
        return host;
    }
}
