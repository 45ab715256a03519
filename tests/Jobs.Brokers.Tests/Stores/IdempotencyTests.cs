using Jobs.Brokers.Conformance.Faults;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The work of an idempotent job is never skipped, and repeated only if nobody could say that it is done, wherever the way to broker or store ends.</summary>
/// <remarks>Broker and store are two servers, so that one can be away without the other.</remarks>
public abstract class IdempotencyTests<TServers>(TServers servers) : StoreTests<TServers>(servers)
    where TServers : StoreServers
{
    protected override Dictionary<string, string?> Settings => new() { ["Jobs:Queues:default:Lease"] = "00:00:02" };

    [Theory]
    [Trait("Scenario", "66")]
    [Trait("Mistake", "D14")]
    [InlineData(Loss.AllBeforeTheEffect, 1)]
    [InlineData(Loss.AllAfterTheEffect, 2)]
    [InlineData(Loss.StoreForAWhileAfterTheEffect, 1)]
    [InlineData(Loss.AnswerOfTheStoreAfterTheEffect, 1)]
    [InlineData(Loss.BrokerAfterTheEffect, 1)]
    public async Task S66_work_is_done_again_only_if_its_worker_died_before_it_could_say_so(Loss loss, int effects)
    {
        var route = Divert();
        var log = new ClaimLog { Before = token => LoseBeforeAsync(route, loss, token) };
        log.After = _ => LoseAfter(route, log.Begun == 1 ? loss : null);
        await StartAsync(claims: log, route: route);
        var producer = await StartAsync(works: false);
        await Client(producer).EnqueueAsync(new ClaimJobsClient.OnceArgs(7), cancellationToken: Token);
        if (loss == Loss.StoreForAWhileAfterTheEffect)
        {
            await UntilAsync(() => log.Effects.Count == 1);
            await StaysInHandAsync(producer);
            route.Store.Resume();
        }
        else if (loss != Loss.AnswerOfTheStoreAfterTheEffect)
        {
            await UntilAsync(() => log.Begun == 1);
            await StartAsync(claims: new ClaimLog { Effects = log.Effects });
        }

        await UntilAsync(async () => log.Effects.Count == effects && await IsEmptyAsync(producer));
        Assert.Equal(Enumerable.Repeat(7, effects), log.Effects);

        // Whoever comes later with the same key finds it done.
        await Client(producer).EnqueueAsync(new ClaimJobsClient.OnceArgs(7), cancellationToken: Token);
        await Client(producer).EnqueueAsync(new ClaimJobsClient.OnceArgs(8), cancellationToken: Token);
        await UntilAsync(async () => log.Effects.Contains(8) && await IsEmptyAsync(producer));
        Assert.Equal([.. Enumerable.Repeat(7, effects), 8], log.Effects);
    }

    private static Task LoseBeforeAsync(StoreRoute route, Loss loss, CancellationToken cancellationToken)
    {
        if (loss != Loss.AllBeforeTheEffect)
        {
            return Task.CompletedTask;
        }

        route.End();
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private static Task LoseAfter(StoreRoute route, Loss? loss)
    {
        switch (loss)
        {
            case Loss.AllAfterTheEffect:
                route.End();
                break;
            case Loss.StoreForAWhileAfterTheEffect:
                StoreRoute.End(route.Store);
                break;
            case Loss.AnswerOfTheStoreAfterTheEffect:
                route.Store.CutAfter(0, ProxyDirection.ToClient);
                break;
            case Loss.BrokerAfterTheEffect:
                StoreRoute.End(route.Broker);
                break;
        }

        return Task.CompletedTask;
    }

    // The broker is not told while the store does not know: for longer than a worker waits for the store's answer once.
    private static async Task StaysInHandAsync(IHost producer)
    {
        for (var i = 0; i < 70; i++)
        {
            Assert.False(await IsEmptyAsync(producer));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
    }
}
