using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Monitoring;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Broker and store on one Redis.</summary>
public sealed class RedisStatusTests : StatusTests
{
    private RedisServer _server = null!;

    protected override Dictionary<string, string?> Configuration => new() { ["Jobs:Broker"] = "redis", ["ConnectionStrings:jobs"] = _server.EndPoint.ToString() };

    public override async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);

    [Fact]
    [Trait("Requirement", "66")]
    public async Task A_job_whose_worker_was_killed_goes_on_from_its_checkpoint_on_another()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        var (killed, next) = (new StepLog(hangsIn: 3), new StepLog(hangsIn: -1));
        var lease = new KeyValuePair<string, string?>("Jobs:Queues:default:Lease", "00:00:03");
        await StartAsync(settings: new([lease, new("ConnectionStrings:jobs", proxy.EndPoint.ToString())]), steps: killed);
        var producer = await StartAsync(works: false);
        var handle = await Client(producer).EnqueueAsync(new StoreJobsClient.ResumeArgs(6), cancellationToken: Token);
        await killed.Hangs.WaitAsync(Patience, TimeProvider.System, Token);
        proxy.Stall();

        await StartAsync(settings: new([lease]), steps: next);
        var status = await UntilAsync(producer, handle.Id, JobState.Succeeded);

        Assert.Equal([0, 1, 2, 3], killed.Steps);
        Assert.Equal([3, 4, 5], next.Steps);
        Assert.Equal((1, 1), (status.Attempt, status.Crashes));
    }

    protected override ValueTask EndServersAsync() => _server.DisposeAsync();
}
