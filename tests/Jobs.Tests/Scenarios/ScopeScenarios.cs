using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Tests.Definitions;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Scenarios;

/// <summary>A run whose services fail when its scope is disposed.</summary>
public sealed class ScopeScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_fails_when_it_is_disposed_fails_the_run_and_what_the_run_enqueued_never_was(bool synchronously)
    {
        var node = await _bench.StartAsync(node => AddFailing(node)
            .Handle(async call =>
            {
                call.Services.GetRequiredService<Failing>().Fails(call.Attempt == 1, synchronously);
                await call.Node.Client.EnqueueAsync(new TextArgs($"of attempt {call.Attempt}"));
            })
            .Handle<TextArgs>(_ => Task.CompletedTask));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 3, TimeSpan.FromMilliseconds(100));
        await _bench.QuietAsync();

        Assert.Equal([SettleKind.Retry, SettleKind.Complete, SettleKind.Complete], node.Probe.Settled.Select(settled => settled.Kind));
        Assert.Equal(typeof(IOException).FullName, node.Probe.Settled.First().FailureType);
        Assert.Equal(["of attempt 2"], _bench.Calls.Select(call => call.Args).OfType<TextArgs>().Select(args => args.Text));
    }

    [Fact]
    public async Task What_the_handler_threw_counts_and_what_its_services_throw_on_top_is_told()
    {
        var node = await _bench.StartAsync(node => AddFailing(node).Handle(call =>
        {
            call.Services.GetRequiredService<Failing>().Fails(true, synchronously: false);
            throw new DeadLetterJobException("no");
        }));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);

        Assert.Equal((SettleKind.DeadLetter, DeadLetterReason.Rejected), (node.Probe.Settled.Single().Kind, node.Probe.Settled.Single().Reason));
        Assert.Equal(1, _bench.Logs.Count(3014));
    }

    [Fact]
    public async Task What_a_forgotten_task_enqueues_after_its_scope_could_not_be_disposed_is_sent()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? forgotten = null;
        var node = await _bench.StartAsync(node => AddFailing(node)
            .Handle(call =>
            {
                call.Services.GetRequiredService<Failing>().Fails(call.Attempt == 1, synchronously: true);
                forgotten ??= EnqueueLaterAsync(call.Node.Client);
                return Task.CompletedTask;
            })
            .Handle<TextArgs>(_ => Task.CompletedTask));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);

        ended.SetResult();
        await forgotten!;
        await _bench.UntilAsync(() => _bench.Calls.Any(call => call.Args is TextArgs));

        async Task EnqueueLaterAsync(IJobClient client)
        {
            await ended.Task;
            await client.EnqueueAsync(new TextArgs("late"));
        }
    }

    private static NodeBuilder AddFailing(NodeBuilder node)
    {
        node.Services.AddScoped<Failing>();
        return node;
    }

    private sealed class Failing : IAsyncDisposable
    {
        private bool _fails;
        private bool _synchronously;

        public void Fails(bool fails, bool synchronously) => (_fails, _synchronously) = (fails, synchronously);

        public async ValueTask DisposeAsync()
        {
            if (!_synchronously)
            {
                await Task.Yield();
            }

            if (_fails)
            {
                throw new IOException("The last page could not be written.");
            }
        }
    }
}
