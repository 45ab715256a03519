using Jobs.Brokers.Conformance.Harness;
using Xunit;
using Xunit.v3;

namespace Jobs.Brokers.Conformance;

/// <summary>A process whose thread pool is busy keeps its leases.</summary>
/// <remarks>The test project defines the collection, as xunit finds it only there:
/// <c>[CollectionDefinition(StarvingCollection.Name, DisableParallelization = true)] public sealed class Alone;</c></remarks>
[Collection(StarvingCollection.Name)]
public abstract class StarvingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    // Far more than the pool adds while the check runs.
    private const int Blockers = 200;

    /// <summary>Renewing needs no thread of the pool: two leases pass without one, and nothing is lost.</summary>
    [Fact]
    public async Task Renew_Works_While_The_Pool_Is_Starved()
    {
        Assert.True(
            TestContext.Current.TestCollection is IXunitTestCollection { DisableParallelization: true },
            "This check would disturb all others. Add to the test project: [CollectionDefinition(StarvingCollection.Name, DisableParallelization = true)] public sealed class Alone;");
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(20);
        var deliveries = await node.Inbox.ReceiveAsync(20);
        var waiting = other.Inbox.ReceiveAsync();
        using var release = new ManualResetEventSlim();

        var results = await Task.Factory.StartNew(() => RenewStarved(node, deliveries, release), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.All(results, static result => Assert.Equal(SettleResult.Ok, result));
        await node.Inbox.CompleteAsync(deliveries);
        Assert.False(waiting.IsCompleted);
        var last = (await node.AcceptAsync(1))[0];
        Assert.Equal(last.Id, (await waiting).IdOf());
    }

    private List<SettleResult> RenewStarved(Node node, JobDelivery[] deliveries, ManualResetEventSlim release)
    {
        var blocked = new List<Task>();
        try
        {
            for (var i = 0; i < Blockers; i++)
            {
                blocked.Add(Task.Run(release.Wait));
            }

            var results = new List<SettleResult>();
            for (var i = 0; i < 8; i++)
            {
                Pass(Fixture.Lease / 4);
                results.AddRange(node.Inbox.RenewAll(deliveries));
            }

            return results;
        }
        finally
        {
            release.Set();
            Task.WaitAll([.. blocked]);
        }
    }

    // Waiting for a task would need the pool.
    private void Pass(TimeSpan span)
    {
        if (Fixture.Time == TimeProvider.System)
        {
            using var never = new ManualResetEventSlim();
            never.Wait(span);
        }
        else
        {
            Bench.PassAsync(span).GetAwaiter().GetResult();
        }
    }
}
