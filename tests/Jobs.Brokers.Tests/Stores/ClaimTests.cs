namespace Jobs.Brokers.Tests.Stores;

/// <summary>Limits and idempotency keys between processes, and across the death of one.</summary>
public abstract class ClaimTests<TServers>(TServers servers) : StoreTests<TServers>(servers)
    where TServers : StoreServers
{
    protected override Dictionary<string, string?> Settings => new() { ["Jobs:Queues:default:Lease"] = "00:00:02" };

    /// <summary>False: the broker itself may deliver a job again that is done. Then only idempotent work is counted.</summary>
    protected virtual bool DeliversOnce => true;

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_a_limit_holds_across_processes()
    {
        // So long that without a limit all would run at once.
        var log = new ClaimLog { After = static token => Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, token) };
        var hosts = new[] { await StartAsync(claims: log), await StartAsync(claims: log), await StartAsync(claims: log) };
        await Client(hosts[0]).EnqueueManyAsync(Enumerable.Range(0, 8).Select(static value => new ClaimJobsClient.LimitedArgs(value)), cancellationToken: Token);

        await UntilAsync(() => Done(log).Count() >= 8);

        Assert.Equal(2, log.Most);
        Assert.Equal(Enumerable.Range(0, 8), Done(log).Order());
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_the_permit_of_a_process_that_died_is_used_by_another()
    {
        var route = Divert();
        var dead = new ClaimLog { After = static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token) };
        var doomed = await StartAsync(claims: dead, route: route);
        await Client(doomed).EnqueueAsync(new ClaimJobsClient.ForTenantArgs("a", 1), cancellationToken: Token);
        await UntilAsync(() => dead.Effects.Count == 1);
        route.End();

        var log = new ClaimLog();
        var started = TimeProvider.System.GetTimestamp();
        var survivor = await StartAsync(claims: log);
        await Client(survivor).EnqueueAsync(new ClaimJobsClient.ForTenantArgs("a", 2), cancellationToken: Token);
        await Client(survivor).EnqueueAsync(new ClaimJobsClient.ForTenantArgs("bb", 8), cancellationToken: Token);
        await UntilAsync(() => log.Effects.Contains(10));
        Assert.DoesNotContain(3, log.Effects);

        // Its own job, which comes back, and the one that waited: not before the permit has expired, which is renewed for seven seconds every other second.
        await UntilAsync(() => log.Effects.Any(static value => value != 10));
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(4));
        await UntilAsync(() => Done(log).Count() == 3);
        Assert.Equal([2, 3, 10], Done(log).Order());
    }

    [Fact]
    [Trait("Scenario", "66")]
    [Trait("Mistake", "D14")]
    public async Task S66_of_many_jobs_with_one_key_on_several_processes_one_does_the_work()
    {
        var log = new ClaimLog { After = static token => Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, token) };
        var hosts = new[] { await StartAsync(claims: log), await StartAsync(claims: log), await StartAsync(claims: log) };
        foreach (var host in hosts)
        {
            await Client(host).EnqueueManyAsync(Enumerable.Range(0, 30).Select(static value => new ClaimJobsClient.OnceArgs(value % 3)), cancellationToken: Token);
        }

        await UntilAsync(async () => log.Effects.Count >= 3 && await IsEmptyAsync(hosts[0]));

        Assert.Equal([0, 1, 2], log.Effects.Order());
    }

    private IEnumerable<int> Done(ClaimLog log) => DeliversOnce ? log.Effects : log.Effects.Distinct();
}
