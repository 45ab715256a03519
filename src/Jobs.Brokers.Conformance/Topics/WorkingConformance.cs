using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>What an application sees: a whole worker on the broker under test.</summary>
public abstract partial class WorkingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>Happy path: two workers, every job once.</summary>
    [Fact]
    public async Task Jobs_Run_Once_Each()
    {
        var node = await ProducerAsync();
        await using var first = await new WorkerProcess(Bench).StartAsync();
        await using var second = await new WorkerProcess(Bench).StartAsync();

        var drafts = await node.AcceptAsync(500);
        await Bench.UntilAsync(() => Task.FromResult(first.Runs.Count + second.Runs.Count >= 500), "all jobs have run");
        await first.StopAsync();
        await second.StopAsync();

        Assert.Equal(drafts.Ids(), first.Runs.Concat(second.Runs).Select(static run => run.Id.ToString()).Order(StringComparer.Ordinal));
        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, 0);
        }
    }

    /// <summary>A job that fails is retried, then kept with everything that happened.</summary>
    [Fact]
    [Needs(Capability.DeadLetters, Capability.Copies)]
    public async Task Failing_Job_Is_Retried_Then_DeadLettered()
    {
        var node = await ProducerAsync();
        await using var worker = await new WorkerProcess(Bench)
        {
            Script = static _ => throw new InvalidOperationException("it fails"),
            Configure = static options => (options.Defaults.MaxAttempts, options.Defaults.Backoff) = (3, TimeSpan.FromMilliseconds(50)),
        }.StartAsync();

        var id = (await node.AcceptAsync(1))[0].Id;
        await DiesAsync(node, 1);

        var letter = await node.GetDeadAsync(id);
        Assert.Equal(DeadLetterReason.AttemptsExhausted, letter.Reason);
        Assert.Equal([1, 2, 3], letter.Message!.State.Failures.Select(static failure => failure.Attempt));
        Assert.Equal([1, 2, 3], worker.Runs.Select(static run => run.Attempt));
    }

    /// <summary>A job that nobody knows is kept, neither dropped nor handed round for ever.</summary>
    [Fact]
    [Needs(Capability.DeadLetters)]
    public async Task D8_Unknown_JobType_DeadLetters_Not_Loops()
    {
        var node = await ProducerAsync();
        await using var worker = await new WorkerProcess(Bench) { Configure = static options => options.UnknownJobGrace = TimeSpan.FromSeconds(1) }.StartAsync();

        var unknown = Bench.Draft() with { Name = "conformance.unheard-of" };
        await node.AcceptAsync(unknown);
        await DiesAsync(node, 1);

        Assert.Equal(DeadLetterReason.UnknownJob, (await node.GetDeadAsync(unknown.Id)).Reason);
        await RunsAsync(node, worker);
    }

    /// <summary>Bytes that nobody can decode are kept raw, and the worker goes on.</summary>
    [Fact]
    [Needs(Capability.DeadLetters)]
    public async Task Undecodable_Bytes_Are_DeadLettered_And_Work_Goes_On()
    {
        var node = await ProducerAsync();
        await using var worker = await new WorkerProcess(Bench).StartAsync();

        await node.SendRawAsync("no job"u8.ToArray());
        await DiesAsync(node, 1);

        var letter = Assert.Single((await node.PageDeadAsync()).Items);
        Assert.Equal(DeadLetterReason.Undecodable, letter.Reason);
        Assert.Equal("no job"u8, letter.Document.Span);
        await RunsAsync(node, worker);
    }

    /// <summary>A job that kills its workers is kept, and does not run once more.</summary>
    [Fact]
    [Needs(Capability.DeadLetters, Capability.Copies)]
    public async Task Poison_CrashLoop_DeadLetters_After_N_Without_Running()
    {
        var node = await Bench.NodeAsync();
        var poison = (await node.AcceptAsync(1))[0];
        for (var crash = 0; crash < 2; crash++)
        {
            await node.Inbox.ReceiveAsync();
            await node.Inbox.PassLeaseAsync();
        }

        await node.Inbox.Receiver.StopAsync(Token);
        await using var worker = await new WorkerProcess(Bench) { Configure = static options => options.Defaults.MaxCrashes = 1 }.StartAsync();
        await DiesAsync(node, 1);

        var letter = await node.GetDeadAsync(poison.Id);
        Assert.Equal(DeadLetterReason.Poison, letter.Reason);
        Assert.True(letter.Message!.State.Crashes >= 2);
        Assert.Empty(worker.Runs);
        await RunsAsync(node, worker);
    }

    /// <summary>A job that takes five leases runs once, with another worker waiting for it.</summary>
    [Fact]
    public async Task LongJob_5x_Lease_Runs_Once()
    {
        var node = await ProducerAsync();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = await new WorkerProcess(Bench) { Script = _ => end.Task }.StartAsync();
        await using var second = await new WorkerProcess(Bench) { Script = _ => end.Task }.StartAsync();

        await node.AcceptAsync(1);
        await Bench.UntilAsync(() => Task.FromResult(first.Runs.Count + second.Runs.Count == 1), "the job runs");
        for (var i = 0; i < 20; i++)
        {
            await Bench.PassAsync(Fixture.Lease / 4);
        }

        end.SetResult();
        await first.StopAsync();
        await second.StopAsync();
        Assert.Single(first.Runs.Concat(second.Runs));
        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, 0);
        }
    }

    /// <summary>A worker that is asked to end hands back what it cannot finish: at once, and no attempt is lost.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task D9_Shutdown_Hands_Back_Without_Burning_An_Attempt()
    {
        var node = await ProducerAsync();
        var leaving = await new WorkerProcess(Bench)
        {
            Script = static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
            Configure = static options => (options.Worker.DrainTimeout, options.Worker.Concurrency) = (TimeSpan.FromMilliseconds(100), 4),
        }.StartAsync();
        var drafts = await node.AcceptAsync(20);
        await Bench.UntilAsync(() => Task.FromResult(leaving.Runs.Count >= 4), "four jobs run");

        await leaving.DisposeAsync();
        await using var worker = await new WorkerProcess(Bench).StartAsync();
        await Bench.UntilAsync(() => Task.FromResult(worker.Runs.Count >= 20), "the other worker has run all");

        Assert.Equal(drafts.Ids(), worker.Runs.Select(static run => run.Id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(worker.Runs, static run => Assert.Equal(1, run.Attempt));
    }

    // A process that sends and looks, but receives nothing.
    private async Task<Node> ProducerAsync()
    {
        var node = await Bench.ConnectAsync();
        await node.ProvisionAsync(Bench.Topology());
        return node;
    }

    private Task DiesAsync(Node node, int count) =>
        Bench.UntilAsync(async () => await node.CountDeadAsync() >= count, $"{count} dead letters");

    private async Task RunsAsync(Node node, WorkerProcess worker)
    {
        var id = (await node.AcceptAsync(1))[0].Id;
        await Bench.UntilAsync(() => Task.FromResult(worker.Runs.Any(run => run.Id == id)), "the next job runs");
    }
}
