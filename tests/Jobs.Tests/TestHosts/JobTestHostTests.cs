using Jobs.Brokers;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.TestHosts;

public sealed class JobTestHostTests
{
    private readonly FakeMailer _mailer = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProducerOnly_RunsNothing_AndSaysThatNothingWillMove()
    {
        await using var host = await StartAsync(runsWorker: false);
        var job = await host.Jobs.ShopJobs.Welcome("ada@example.org", new() { Priority = JobPriority.Normal }, Token);

        Assert.Equal(job.Id, host.ShouldHaveEnqueued<ShopJobsClient.WelcomeArgs>().Id);
        Assert.Empty(_mailer.Sent);
        var stuck = await Assert.ThrowsAsync<JobTestException>(() => host.RunUntilIdleAsync(Token));
        Assert.Contains("Queue 'default', which no worker of this host consumes: 1 waiting", stuck.Message, StringComparison.Ordinal);
        Assert.Throws<JobTestException>(host.ShouldBeIdle);
    }

    [Fact]
    public async Task PausedQueue_IsStuckUntilItGoesOn()
    {
        await using var host = await StartAsync();
        await host.Broker.SetPausedAsync("default", true, Token);
        await host.Jobs.ShopJobs.Remind("ada@example.org", cancellationToken: Token);

        var stuck = await Assert.ThrowsAsync<JobTestException>(() => host.RunUntilIdleAsync(Token));
        Assert.Contains("Queue 'default', paused: 1 waiting", stuck.Message, StringComparison.Ordinal);

        await host.Broker.SetPausedAsync("default", false, Token);
        await host.RunUntilIdleAsync(Token);
        Assert.Single(_mailer.Sent);
    }

    [Fact]
    public async Task FailedSettle_RunsTheJobAgainAfterItsLease()
    {
        await using var host = await StartAsync();
        host.Faults.FailNextSettle();
        await host.Jobs.ShopJobs.Remind("ada@example.org", cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);

        Assert.Equal(2, _mailer.Sent.Count);
        Assert.Equal([SettleResult.Unknown, SettleResult.Ok], host.Outcomes.Select(outcome => outcome.Settled));
    }

    [Fact]
    public async Task LostSettleAnswer_RunsTheJobOnce()
    {
        await using var host = await StartAsync();
        host.Faults.LoseNextSettleAnswer();
        await host.Jobs.ShopJobs.Remind("ada@example.org", cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);

        Assert.Single(_mailer.Sent);
        Assert.True(Assert.Single(host.Outcomes).IsEnd);
    }

    [Fact]
    public async Task RefusedSend_IsAnErrorOfTheProducer_AndNotEnqueued()
    {
        await using var host = await StartAsync();
        host.Faults.FailNextSend(SendStatus.QueueFull);

        await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.Jobs.ShopJobs.Remind("ada@example.org", cancellationToken: Token));
        Assert.Empty(host.Enqueued);
        host.ShouldBeIdle();
    }

    [Fact]
    public async Task LostLease_CancelsTheRun_AndTheJobRunsAgain()
    {
        await using var host = await StartAsync();
        _mailer.Delay = TimeSpan.FromMinutes(1);
        _mailer.Time = host.Time;
        var job = await host.Jobs.ShopJobs.Remind("ada@example.org", cancellationToken: Token);
        await host.RunAsync(TimeSpan.FromSeconds(1), Token);

        host.Faults.LoseLease(job.Id);
        await host.RunUntilIdleAsync(Token);

        Assert.Single(_mailer.Sent);
        Assert.Equal(1, host.Count(JobOutcomeKind.LeaseLost));
        Assert.Equal(1, host.Count(JobOutcomeKind.Succeeded));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EndOfTheHost_LosesNoJob(bool isCrash)
    {
        await using var host = await StartAsync();
        _mailer.Delay = TimeSpan.FromMinutes(1);
        _mailer.Time = host.Time;
        await host.Jobs.ShopJobs.Remind("ada@example.org", cancellationToken: Token);
        await host.RunAsync(TimeSpan.FromSeconds(1), Token);
        Assert.Equal((1, 1), (host.InHand, host.Running));

        await (isCrash ? host.CrashAsync(Token) : host.RestartAsync(Token));
        await host.RunUntilIdleAsync(Token);

        Assert.Single(_mailer.Sent);
        Assert.Equal(isCrash ? 0 : 1, host.Outcomes.Count(outcome => outcome is { Kind: JobOutcomeKind.Released, Settled: SettleResult.Ok }));
    }

    [Fact]
    public async Task ManyDeadLetters_AreListedByTheExpectationOfOne()
    {
        _mailer.Failures = int.MaxValue;
        await using var host = await StartAsync();
        await host.Jobs.ShopJobs.Welcome("ada@example.org", cancellationToken: Token);
        await host.Jobs.ShopJobs.Welcome("bob@example.org", cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);

        var error = Assert.Throws<JobTestException>(() => host.SingleDeadLetter());
        Assert.Contains("found 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("shop.welcome", error.Message, StringComparison.Ordinal);
        Assert.Throws<JobTestException>(host.ShouldHaveNoDeadLetters);
    }

    private Task<JobTestHost> StartAsync(bool runsWorker = true) => JobTestHost.StartAsync(
        ShopJobsClient.Register,
        new() { RunsWorker = runsWorker, Services = services => services.AddSingleton<IMailer>(_mailer) },
        Token);
}
