using Jobs.Brokers;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Properties;

/// <summary>What the audit relies on: every run is on record, even if its worker was gone when it ended.</summary>
public sealed class RunRecordTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunThatOutlivesItsWorker_IsOnRecord_ThoughTheBrokerNeverHearsOfIt(bool isCrash)
    {
        using var chaos = new Chaos(seed: 0, count: 1);
        chaos.Plans[0] = new JobPlan(0, JobKind.Context, Behaviour.IgnoreTimeout, Times: 1, Children: 0);
        await using var host = await JobTestHost.StartAsync(
            ChaosJobsClient.Register, new() { Services = services => services.AddSingleton(chaos) }, Token);
        await host.Jobs.ChaosJobs.Context(0, cancellationToken: Token);
        await host.RunAsync(TimeSpan.FromSeconds(1), Token);

        await (isCrash ? host.CrashAsync(Token) : host.RestartAsync(Token));
        await host.RunAsync(TimeSpan.FromMinutes(5), Token);

        // The one that outlived its worker, the one that was given up on, and the one that ended.
        Assert.Equal(3, chaos.Starts(0));
        Assert.Single(host.Outcomes, outcome => outcome is { Kind: JobOutcomeKind.Succeeded, Attempt: 1, Settled: SettleResult.Unknown });
        Assert.Single(host.Outcomes, outcome => outcome is { Kind: JobOutcomeKind.Retried, Attempt: 1, Settled: SettleResult.Ok });
        Assert.Single(host.Outcomes, outcome => outcome is { Kind: JobOutcomeKind.Succeeded, Attempt: 2, Settled: SettleResult.Ok });
    }
}
