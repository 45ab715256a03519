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
            Spread = TimeSpan.FromSeconds(9),
            KillPeriod = TimeSpan.FromSeconds(3),
            ServerRestarts = 0,
            Lease = TimeSpan.FromSeconds(5),
        }).RunAsync(TestContext.Current.CancellationToken);

        // A worker that is killed between a copy and the end of what it replaces leaves both: no second run says whose.
        Assert.True(report is { Lost: [], DeadLetters: 0, WorkersKilled: > 0, WorkersCrashed: 0, Left: { Waiting: 0, InFlight: 0, Delayed: 0 } }, report.ToString());
    }
}
