using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Unique keys between processes.</summary>
public abstract class KeyTests<TServers>(TServers servers) : StoreTests<TServers>(servers)
    where TServers : StoreServers
{
    private const int Processes = 10;
    private const int ProducersOfEach = 5;

    /// <summary>How often each producer tries.</summary>
    protected virtual int Enqueues => 1_000;

    protected override Dictionary<string, string?> Settings => new() { ["Jobs:Queues:default:Lease"] = "00:00:02" };

    [Theory, InlineData(KeyConflict.Reject), InlineData(KeyConflict.ReturnExisting)]
    [Trait("Scenario", "65")]
    public async Task S65_fifty_producers_that_enqueue_one_key_again_and_again_make_one_job(KeyConflict policy)
    {
        var hosts = await StartManyAsync(Processes);
        var options = new EnqueueOptions { Key = "one", OnConflict = policy };
        var accepted = 0;
        await Task.WhenAll(hosts.SelectMany(host => Enumerable.Repeat(Client(host), ProducersOfEach)).Select(client => Task.Run(async () =>
        {
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
        var hosts = await StartManyAsync(4);

        // One key for each chunk of a producer, the same for all producers.
        var handles = await Task.WhenAll(hosts.Select(host => Task.Run(async () =>
        {
            var all = new List<JobHandle>();
            for (var key = 0; key < 20; key++)
            {
                all.AddRange(await Client(host).EnqueueManyAsync(
                    Enumerable.Range(0, 100).Select(static i => new StoreJobsClient.NothingArgs(i)), new() { Key = $"key {key}", OnConflict = KeyConflict.ReturnExisting }, Token));
            }

            return all;
        })));

        Assert.Equal(20, handles.SelectMany(static all => all).Count(static handle => !handle.IsExisting));
        Assert.Equal(20, handles.SelectMany(static all => all).Select(static handle => handle.Id).Distinct().Count());
        Assert.Equal(20, (await DepthAsync(hosts[0])).Waiting);
    }

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_the_key_of_a_job_whose_worker_was_cut_off_is_held_until_another_has_ended_it()
    {
        var (dead, route) = (new ClaimLog { After = static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token) }, Divert());
        await StartAsync(claims: dead, route: route);
        var producer = await StartAsync(works: false);
        var first = await Client(producer).EnqueueAsync(new ClaimJobsClient.UniqueArgs(1), cancellationToken: Token);
        await UntilAsync(() => dead.Effects.Count == 1);
        route.End();
        Assert.Equal(first.Id, await HolderAsync());

        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new ClaimLog { After = token => go.Task.WaitAsync(token) };
        await StartAsync(claims: log);
        await UntilAsync(() => log.Effects.Count == 1);
        Assert.Equal(first.Id, await HolderAsync());
        go.SetResult();
        await UntilAsync(IsFreeAsync);
        await UntilAsync(() => log.Effects.Count == 2);
        Assert.Equal([1, 1], log.Effects);

        async Task<bool> IsFreeAsync()
        {
            try
            {
                await Client(producer).EnqueueAsync(new ClaimJobsClient.UniqueArgs(1), cancellationToken: Token);
                return true;
            }
            catch (JobKeyConflictException)
            {
                return false;
            }
        }

        async Task<JobId> HolderAsync() =>
            (await Assert.ThrowsAsync<JobKeyConflictException>(async () => await Client(producer).EnqueueAsync(new ClaimJobsClient.UniqueArgs(1), cancellationToken: Token))).ExistingId;
    }

    private async Task<List<IHost>> StartManyAsync(int count)
    {
        var hosts = new List<IHost>();
        for (var i = 0; i < count; i++)
        {
            hosts.Add(await StartAsync(works: false));
        }

        return hosts;
    }
}
