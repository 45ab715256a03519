using Jobs.Soak;

namespace Jobs.Brokers.Tests.Sqs.Scenarios;

public sealed class SoakScenarios
{
    [Fact]
    public async Task S1_S2_killed_workers_and_a_slow_network_lose_nothing()
    {
        var report = await new SoakRun(new SoakOptions
        {
            Broker = "sqs",
            Jobs = 3_000,
            Workers = 2,
            KillPeriod = TimeSpan.FromSeconds(3),
            ServerRestarts = 0,
            Lease = TimeSpan.FromSeconds(5),
        }).RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(report.Lost);
        // A worker that is killed between a copy and the end of what it replaces leaves both: no second run says whose.
        Assert.True(report.WorkersKilled > 0);
        Assert.Equal(0, report.DeadLetters);
    }
}
