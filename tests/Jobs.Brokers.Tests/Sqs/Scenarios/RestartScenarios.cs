using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Sqs.Scenarios;

/// <summary>The emulator, killed and started again with what it had stored.</summary>
public sealed class RestartScenarios
{
    [Fact]
    public async Task S20_workers_go_on_over_restarts_under_load_and_nothing_is_lost()
    {
        var token = TestContext.Current.CancellationToken;
        await using var fixture = new PersistentFixture();
        await fixture.InitializeAsync();
        await using var bench = new Bench(fixture);
        var load = new Load(bench, 4_000);
        await load.StartAsync(2, null);
        var kills = 0;

        await load.RunAsync(async () =>
        {
            if (kills++ < 10)
            {
                await fixture.Server!.KillAsync(token);
                await fixture.Server.StartAsync(token);
            }
        });

        load.AssertNothingLost();
        Assert.True(kills > 0);
    }

    private sealed class PersistentFixture : SqsFixture
    {
        public override ServerProcess CreateServer() => new SqsServer();
    }
}
