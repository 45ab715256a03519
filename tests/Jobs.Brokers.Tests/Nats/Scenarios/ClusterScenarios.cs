using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Nats;

namespace Jobs.Brokers.Tests.Nats.Scenarios;

/// <summary>A cluster of three whose servers die, stand still and change their minds under load. Nothing is lost, and work goes on within 30 s.</summary>
public sealed class ClusterScenarios : IClassFixture<NatsClusterFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly NatsClusterFixture _fixture;
    private readonly Bench _bench;

    public ClusterScenarios(NatsClusterFixture fixture) => (_fixture, _bench) = (fixture, new Bench(fixture));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Stream => new NatsNames(_bench.Namespace).QueueStream(Bench.Queue);

    private static string Consumer => NatsNames.Consumer(1);

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _fixture.RestoreAsync();
        await _bench.DisposeAsync();
    }

    [Fact]
    public Task S25_the_leader_of_a_stream_is_killed() => SurvivesAsync(async () => await (await _fixture.LeaderAsync(Stream)).KillAsync(Token));

    [Fact]
    public Task S25_the_leader_of_a_consumer_is_killed() => SurvivesAsync(async () => await (await _fixture.LeaderAsync(Stream, Consumer)).KillAsync(Token));

    [Fact]
    public Task S25_leaders_step_down() => SurvivesAsync(async () =>
    {
        Assert.Contains("\"success\":true", await _fixture.AskAsync($"STREAM.LEADER.STEPDOWN.{Stream}"), StringComparison.Ordinal);
        Assert.Contains("\"success\":true", await _fixture.AskAsync($"CONSUMER.LEADER.STEPDOWN.{Stream}.{Consumer}"), StringComparison.Ordinal);
    });

    [Fact]
    public Task S25_a_consumer_is_deleted_by_an_operator() => SurvivesAsync(async () =>
        Assert.Contains("\"success\":true", await _fixture.AskAsync($"CONSUMER.DELETE.{Stream}.{Consumer}"), StringComparison.Ordinal));

    [Fact]
    public Task S21_a_server_stands_still_for_longer_than_a_lease() => SurvivesAsync(async () =>
    {
        var held = await _fixture.LeaderAsync(Stream, Consumer);
        await held.PauseAsync(Token);
        await _bench.PassAsync(_fixture.Lease * 1.5);
        await held.ResumeAsync(Token);
    });

    [Fact]
    public Task S20_all_three_are_restarted_in_turn() => SurvivesAsync(async () =>
    {
        foreach (var server in _fixture.Cluster.Servers)
        {
            await server.StopAsync(Token);
            await server.StartAsync(Token);
            await HasAllAsync(Stream);
        }
    });

    [Fact]
    public Task S33_the_key_of_the_workers_is_changed() => SurvivesAsync(_fixture.RotateKeyAsync);

    [Fact]
    public async Task S41_delayed_jobs_outlive_the_leader_of_their_stream()
    {
        var node = await _bench.NodeAsync();
        var due = _bench.Now.AddSeconds(3);
        Draft[] drafts = [.. _bench.Drafts(20).Select(draft => draft with { Due = due })];
        await node.AcceptAsync(drafts);
        await (await _fixture.LeaderAsync(new NatsNames(_bench.Namespace).DelayStream)).KillAsync(Token);

        var first = await node.Inbox.ReceiveNotBeforeAsync(due);
        var others = await node.Inbox.ReceiveAsync(19);

        Assert.Equal(drafts.Ids(), others.Append(first).Ids());
        await node.Inbox.CompleteAsync([.. others, first]);
        await node.HasDepthAsync(0, 0, 0);
    }

    [Fact]
    public async Task S57_a_dead_letter_outlives_the_leader_of_its_stream_and_is_one()
    {
        var node = await _bench.NodeAsync();
        var drafts = await node.AcceptAsync(5);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        var stream = new NatsNames(_bench.Namespace).DeadStream(Bench.Queue);
        var leader = await _fixture.LeaderAsync(stream);
        var killing = leader.KillAsync(Token);

        var dying = await node.Inbox.SettleAllAsync([.. deliveries.Select(delivery => node.Inbox.Death(delivery))]);

        await killing;
        Assert.All(dying, static result => Assert.Equal(SettleResult.Ok, result));
        Assert.Equal(5, await node.CountDeadAsync());
        await leader.StartAsync(Token);
        await HasAllAsync(stream);
        Assert.Contains("\"success\":true", await _fixture.AskAsync($"STREAM.LEADER.STEPDOWN.{stream}"), StringComparison.Ordinal);
        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(drafts[2].Id));
        Assert.Equal(drafts[2].Document(), (await node.Inbox.ReceiveAsync()).DocumentOf());
        Assert.Equal(4, await node.CountDeadAsync());
    }

    private async Task SurvivesAsync(Func<Task> harm)
    {
        var longest = await new AuditedLoad(_bench).RunAsync(harm);
        TestContext.Current.TestOutputHelper?.WriteLine($"At most {longest.TotalSeconds:0.00} s without a completion.");
        Assert.InRange(longest, TimeSpan.Zero, Soon);
    }

    // Only then may the next one go: two of three must be there.
    private Task HasAllAsync(string stream) => _bench.UntilAsync(
        async () => (await _fixture.AskAsync($"STREAM.INFO.{stream}")).Split("\"current\":true").Length == 3,
        "the replicas have caught up");
}
