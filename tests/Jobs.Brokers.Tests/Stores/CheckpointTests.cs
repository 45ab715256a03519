using Jobs.Monitoring;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Checkpoints of a process that died, found by another.</summary>
public abstract class CheckpointTests<TServers>(TServers servers) : StoreTests<TServers>(servers)
    where TServers : StoreServers
{
    protected override Dictionary<string, string?> Settings => new() { ["Jobs:Status:Enabled"] = "true", ["Jobs:Queues:default:Lease"] = "00:00:03" };

    [Fact]
    [Trait("Requirement", "66")]
    public async Task A_job_whose_worker_was_cut_off_goes_on_from_its_checkpoint_on_another()
    {
        var (doomed, next) = (new StepLog(hangsIn: 3), new StepLog(hangsIn: -1));
        var route = Divert();
        await StartAsync(steps: doomed, route: route);
        var producer = await StartAsync(works: false);
        var handle = await Client(producer).EnqueueAsync(new StoreJobsClient.ResumeArgs(6), cancellationToken: Token);
        await doomed.Hangs.WaitAsync(Patience, TimeProvider.System, Token);
        route.End();

        await StartAsync(steps: next);
        var status = await UntilAsync(producer, handle.Id, JobState.Succeeded);

        Assert.Equal([0, 1, 2, 3], doomed.Steps);
        Assert.Equal([3, 4, 5], next.Steps);
        Assert.Equal(1, status.Attempt);
        Assert.InRange(status.Crashes, 1, 2);
    }
}
