using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Scenarios;

/// <summary>Hooks around a worker whose start fails.</summary>
public sealed class LifecycleScenarios : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _order = new();
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_hook_that_fails_stops_those_that_had_started_and_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(new Hook("a", _order), new Hook("b", _order), new Hook("c", _order, FailsAtStart: true), new Hook("d", _order)));

        Assert.Equal("c", error.Message);
        Assert.Equal(["a starts", "b starts", "c starts", "b stopped", "a stopped"], _order);
    }

    [Fact]
    public async Task A_start_that_failed_stops_its_hooks_once_and_says_which_could_not()
    {
        await Assert.ThrowsAsync<IOException>(() => StartAsync(new Hook("a", _order), new Hook("b", _order, FailsAtStop: true), new Hook("c", _order, FailsAtStart: true)));
        await _bench.Nodes[0].StopAsync();

        Assert.Equal(["a starts", "b starts", "c starts", "b stopped", "a stopped"], _order);
        Assert.Equal(1, _bench.Logs.Count(2007));
    }

    private Task<Node> StartAsync(params Hook[] hooks) => _bench.StartAsync(node =>
    {
        foreach (var hook in hooks)
        {
            node.Services.AddSingleton<IWorkerLifecycle>(hook);
        }
    });

    private sealed record Hook(string Name, ConcurrentQueue<string> Order, bool FailsAtStart = false, bool FailsAtStop = false) : IWorkerLifecycle
    {
        public ValueTask StartingAsync(CancellationToken cancellationToken)
        {
            Order.Enqueue($"{Name} starts");
            return FailsAtStart ? throw new IOException(Name) : default;
        }

        public ValueTask StoppedAsync(CancellationToken cancellationToken)
        {
            Order.Enqueue($"{Name} stopped");
            return FailsAtStop ? throw new IOException(Name) : default;
        }
    }
}
