using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Tests.Definitions;
using Jobs.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Scenarios;

/// <summary>A run that was given up on at the hard limit, and goes on all the same.</summary>
public sealed class AbandonedScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task S70_a_run_that_was_given_up_on_keeps_its_message_even_if_timeouts_complete_jobs()
    {
        var deaf = new DeafMiddleware();
        var node = await _bench.StartAsync(node =>
        {
            node.Services.AddSingleton<IJobMiddleware>(deaf);
            node.Handle(_ => Task.CompletedTask)
                .Override("test.number", job =>
                {
                    job.Timeout = TimeSpan.FromSeconds(5);
                    job.HardTimeoutGrace = TimeSpan.FromSeconds(3);
                })
                .Configure(options => options.FailureRules[typeof(JobTimeoutException).FullName!] = FailureStrategy.NotFound);
        });
        var given = (await _bench.EnqueueAsync(new NumberArgs(1))).Id;
        await RunBench.Soon(deaf.Reached);
        _bench.Clock.Advance(TimeSpan.FromSeconds(8));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        Assert.Equal((given, SettleKind.Retry, typeof(JobTimeoutException).FullName), (node.Probe.Settled.Single().Id, node.Probe.Settled.Single().Kind, node.Probe.Settled.Single().FailureType));

        // A message that went back to the pool would be the next one's by now.
        await _bench.EnqueueAsync(new NumberArgs(2));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        deaf.Open();
        await _bench.UntilAsync(() => _bench.Logs.Count(3013) == 1);
        Assert.Equal([(2, 1), (1, 1)], _bench.Calls.Select(call => (((NumberArgs)call.Args).Value, call.Attempt)));

        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 3, TimeSpan.FromMilliseconds(100));
        Assert.Equal((1, 2), (((NumberArgs)_bench.Calls[2].Args).Value, _bench.Calls[2].Attempt));
    }

    /// <summary>Lets the first run of the first job wait, whatever its token says.</summary>
    private sealed class DeafMiddleware : IJobMiddleware
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Open() => _open.TrySetResult();

        public async ValueTask InvokeAsync(JobContext context, JobDelegate next)
        {
            if (_reached.TrySetResult())
            {
                await _open.Task;
            }

            await next(context);
        }
    }
}
