using Jobs.Soak;

namespace Jobs.Brokers.Tests.Redis.Scenarios;

public sealed class SoakScenarios
{
    [Fact]
    public async Task S20_S80_killed_workers_a_killed_server_and_a_slow_network_lose_nothing()
    {
        var report = await new SoakRun(new SoakOptions
        {
            Jobs = 4_000,
            Workers = 2,
            Spread = TimeSpan.FromSeconds(9),
            KillPeriod = TimeSpan.FromSeconds(3),
            ServerRestarts = 1,
            RestartPeriod = TimeSpan.FromSeconds(4),
        }).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report is { Lost: [], Unexplained: [], DeadLetters: 0, WorkersKilled: > 0, WorkersCrashed: 0, Left: { Waiting: 0, InFlight: 0, Delayed: 0 } }, report.ToString());
        Assert.InRange(report.MemoryGrowth, long.MinValue, 4 * 1024 * 1024);
    }
}
