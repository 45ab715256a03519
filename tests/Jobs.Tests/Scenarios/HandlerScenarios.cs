using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Tests.Definitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Scenarios;

/// <summary>Scenarios 70, 75 and 82, and what surrounds a handler: held enqueues, results, middleware, hooks.</summary>
public sealed class HandlerScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task S70_a_handler_that_blocks_its_thread_is_given_up_at_the_hard_limit_and_its_place_is_free()
    {
        using var blocked = new ManualResetEventSlim();
        var node = await _bench.StartAsync(node => node
            .Handle<NumberArgs>(
                call =>
                {
                    if (call.Attempt == 1)
                    {
                        blocked.Wait();
                    }

                    return Task.CompletedTask;
                },
                isSynchronous: true)
            .Handle<TextArgs>(_ => Task.CompletedTask)
            .Override("test.number", job =>
            {
                job.Timeout = TimeSpan.FromSeconds(5);
                job.HardTimeoutGrace = TimeSpan.FromSeconds(3);
            })
            .Configure(options => options.Worker.Concurrency = 1));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.EnqueueAsync(new TextArgs("next"));

        // Not when all is at rest: a handler that blocks its thread never is.
        _bench.Clock.Advance(TimeSpan.FromSeconds(8));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 2);
        Assert.Equal(1, _bench.Logs.Count(3008));
        Assert.Contains(_bench.Logs.Lines, line => line.Id == 3008 && line.Message.Contains("Jobs.Tests.NumberJobs.Run", StringComparison.Ordinal));
        Assert.Equal(typeof(JobTimeoutException).FullName, node.Probe.Settled.Single(settled => settled.Kind == SettleKind.Retry).FailureType);

        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 3, TimeSpan.FromMilliseconds(100));
        blocked.Set();
        await _bench.UntilAsync(() => _bench.Logs.Count(3013) == 1);
        Assert.Equal(3, node.Probe.Settled.Count);
    }

    [Fact]
    public async Task A_timeout_of_the_longest_duration_there_is_means_never()
    {
        var done = new TaskCompletionSource();
        var node = await _bench.StartAsync(node => node.Handle(_ => done.Task));
        await _bench.EnqueueAsync(new NumberArgs(1), new() { Timeout = TimeSpan.MaxValue });
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        _bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(_bench.Calls[0].Token.IsCancellationRequested);
        done.SetResult();
        await _bench.QuietAsync();

        Assert.Equal(SettleKind.Complete, Assert.Single(node.Probe.Settled).Kind);
        Assert.Equal(0, _bench.Logs.Count(3008));
    }

    [Fact]
    public async Task S75_what_a_failed_attempt_enqueued_never_was_and_what_succeeds_is_sent_once_with_derived_ids()
    {
        var node = await _bench.StartAsync(node => node
            .Handle(async call =>
            {
                var client = call.Services.GetRequiredService<IJobClient>();
                await client.EnqueueAsync(new TextArgs($"a{call.Attempt}"), cancellationToken: call.Token);
                var handles = await client.EnqueueManyAsync([new TextArgs($"b{call.Attempt}"), new TextArgs($"c{call.Attempt}")], cancellationToken: call.Token);
                Assert.Equal([$"{call.Id}/2", $"{call.Id}/3"], handles.Select(handle => handle.Id.ToString()));
                Assert.Equal(0, _bench.Depth().Waiting);
                if (call.Attempt == 1)
                {
                    throw new IOException("no");
                }
            })
            .Handle<TextArgs>(_ => Task.CompletedTask));
        var parent = await _bench.EnqueueAsync(new NumberArgs(1), new() { CorrelationId = "c-1", Tenant = "t-1" });
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count(settled => settled.Kind == SettleKind.Complete) == 4, TimeSpan.FromMilliseconds(100));

        var children = _bench.Calls.Where(call => call.Args is TextArgs).OrderBy(call => call.Id.ToString(), StringComparer.Ordinal).ToArray();
        Assert.Equal([$"{parent}/1", $"{parent}/2", $"{parent}/3"], children.Select(call => call.Id.ToString()));
        Assert.Equal(["a2", "b2", "c2"], children.Select(call => ((TextArgs)call.Args).Text));
        Assert.All(children, call => Assert.Equal((parent.Id, "c-1", "t-1"), (call.Context.ParentId!.Value, call.Context.CorrelationId, call.Context.Tenant)));
    }

    [Fact]
    public async Task S75_children_are_not_doubled_when_the_worker_dies_before_it_learns_that_they_are_sent()
    {
        var first = await _bench.StartAsync(node => node.Handle(EnqueueChildAsync).Handle<TextArgs>(_ => Task.CompletedTask)
            .Configure(options => options.Worker.Concurrency = 1));
        first.Probe.OnSettle = async (settlements, _) =>
        {
            // The children are out, the parent is not acknowledged.
            var results = new SendResult[1];
            await _bench.Broker.SendAsync(settlements[0].Then!.ToArray(), results, Bench.Token);
            await first.KillAsync();
            return new SettleResult[settlements.Length];
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => first.Probe.IsCut);
        await _bench.StartAsync(node => node.Handle(EnqueueChildAsync).Handle<TextArgs>(_ => Task.CompletedTask));

        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => _bench.Settled.Count() == 2);
        await _bench.QuietAsync();
        Assert.Single(_bench.Calls, call => call.Args is TextArgs);

        static async Task EnqueueChildAsync(Call call) =>
            await call.Services.GetRequiredService<IJobClient>().EnqueueAsync(new TextArgs("child"), cancellationToken: call.Token);
    }

    [Fact]
    public async Task What_is_to_be_sent_at_once_is()
    {
        var node = await _bench.StartAsync(node => node
            .Handle(async call =>
            {
                await call.Services.GetRequiredService<IJobClient>().EnqueueAsync(new TextArgs("now"), new() { SendImmediately = true }, call.Token);
                throw new DeadLetterJobException("no");
            })
            .Handle<TextArgs>(_ => Task.CompletedTask));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Settled.Count() == 2);

        Assert.Single(_bench.Calls, call => call.Args is TextArgs);
    }

    [Fact]
    public async Task A_result_comes_back()
    {
        var node = await _bench.StartAsync(node => node.HandleResult(call => Task.FromResult($"it is {((ResultArgs)call.Args).Value}")));
        var handle = await node.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(42), cancellationToken: Bench.Token);

        Assert.Equal("it is 42", await ResultAsync(handle));
    }

    [Fact]
    public async Task A_result_that_will_never_be_is_told()
    {
        var node = await _bench.StartAsync(node =>
        {
            node.Jobs.AddFailureRule<KeyNotFoundException>(FailureStrategy.NotFound);
            node.HandleResult(call => ((ResultArgs)call.Args).Value == 1 ? throw new DeadLetterJobException("because") : throw new KeyNotFoundException("gone"));
        });
        var dead = await node.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(1), cancellationToken: Bench.Token);
        var gone = await node.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(2), cancellationToken: Bench.Token);

        var rejected = await Assert.ThrowsAsync<JobFailedException>(() => ResultAsync(dead));
        Assert.Equal(DeadLetterReason.Rejected, rejected.Reason);
        Assert.Contains("because", rejected.Message, StringComparison.Ordinal);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<JobFailedException>(() => ResultAsync(gone))).Reason);
        Assert.Equal(1, _bench.Logs.Count(3009));
    }

    [Fact]
    public async Task Middleware_wraps_in_order_of_registration_and_may_leave_a_job_unrun()
    {
        var order = new ConcurrentQueue<string>();
        var node = await _bench.StartAsync(node =>
        {
            node.Services.AddSingleton<IJobMiddleware>(new Layer("outer", order));
            node.Services.AddSingleton<IJobMiddleware>(new Layer("inner", order));
            node.Handle(_ =>
            {
                order.Enqueue("handler");
                return Task.CompletedTask;
            });
        });
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        Assert.Equal(["outer in", "inner in", "handler", "inner out", "outer out"], order);

        await _bench.EnqueueAsync(new NumberArgs(2), new() { Tenant = "nobody" });
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 2);
        Assert.Single(_bench.Calls);
        Assert.All(node.Probe.Settled, settled => Assert.Equal(SettleKind.Complete, settled.Kind));
    }

    [Fact]
    public async Task What_middleware_throws_is_the_jobs_failure()
    {
        var node = await _bench.StartAsync(node =>
        {
            node.Services.AddSingleton<IJobMiddleware>(new ThrowingLayer());
            node.Handle(_ => Task.CompletedTask);
        });
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);

        Assert.Equal((SettleKind.Retry, typeof(IOException).FullName), (node.Probe.Settled.Single().Kind, node.Probe.Settled.Single().FailureType));
        Assert.Empty(_bench.Calls);
    }

    [Fact]
    public async Task Hooks_run_in_order_before_the_first_job_and_in_reverse_after_the_last()
    {
        var order = new ConcurrentQueue<string>();
        await _bench.StartAsync(node => node.Handle(_ =>
        {
            order.Enqueue("job");
            return Task.CompletedTask;
        }));
        await _bench.DriveAsync(_bench.Nodes[0].StopAsync());
        await _bench.EnqueueAsync(new NumberArgs(1));
        var node = await _bench.StartAsync(node =>
        {
            node.Services.AddSingleton<IWorkerLifecycle>(new Hook("a", order));
            node.Services.AddSingleton<IWorkerLifecycle>(new Hook("b", order));
            node.Handle(_ =>
            {
                order.Enqueue("job");
                return Task.CompletedTask;
            });
        });
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        await _bench.DriveAsync(node.StopAsync());

        Assert.Equal(["a starts", "b starts", "job", "b stopped", "a stopped"], order);
    }

    [Fact]
    [Trait("Mistake", "D4")]
    public async Task D04_a_failure_handler_that_throws_stops_nobody_and_one_that_enqueues_loses_nothing()
    {
        var node = await _bench.StartAsync(node =>
        {
            node.Services.AddSingleton<IJobFailureHandler>(new ThrowingFailureHandler());
            node.Services.AddSingleton<IJobFailureHandler, PagingFailureHandler>();
            node.Handle(_ => throw new DeadLetterJobException("no")).Handle<TextArgs>(_ => Task.CompletedTask);
        });
        var id = (await _bench.EnqueueAsync(new NumberArgs(1_234_567_890))).Id;
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
        await _bench.QuietAsync();

        Assert.Equal($"page: {id} rejected", ((TextArgs)_bench.Calls[1].Args).Text);
        Assert.Null(_bench.Calls[1].Context.ParentId);
        Assert.Equal(1, _bench.Logs.Count(3010));
        Assert.DoesNotContain(_bench.Logs.Lines, line => line.Message.Contains("1234567890", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S82_nothing_that_a_job_leaves_in_an_async_local_reaches_another()
    {
        var ambient = new AsyncLocal<string?>();
        var seen = new ConcurrentQueue<string?>();
        var node = await _bench.StartAsync(node => node
            .Handle(async _ =>
            {
                Leave("async");
                await Task.Yield();
                ambient.Value = "async, later";
            })
            .Handle<TextArgs>(_ =>
            {
                Leave("inline");
                return Task.CompletedTask;
            })
            .Handle<TagsArgs>(
                _ =>
                {
                    Leave("synchronous");
                    return Task.CompletedTask;
                },
                isSynchronous: true)
            .Configure(options => options.Worker.Concurrency = 1));
        ambient.Value = "of the producer";
        for (var i = 0; i < 30; i++)
        {
            await _bench.EnqueueAsync(new NumberArgs(i));
            await _bench.EnqueueAsync(new TextArgs("x"));
            await _bench.EnqueueAsync(new TagsArgs([]));
        }

        await _bench.UntilAsync(() => node.Probe.Settled.Count == 90);
        Assert.Equal(90, seen.Count);
        Assert.All(seen, Assert.Null);

        void Leave(string value)
        {
            seen.Enqueue(ambient.Value);
            ambient.Value = value;
        }
    }

    [Fact]
    public async Task S82_what_a_forgotten_task_enqueues_after_its_job_has_ended_is_sent()
    {
        var go = new TaskCompletionSource();
        var node = await _bench.StartAsync(node => node
            .Handle(call =>
            {
                _ = ForgottenAsync(call.Node.Client);
                return Task.CompletedTask;
            })
            .Handle<TextArgs>(_ => Task.CompletedTask));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        go.SetResult();
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 2);

        async Task ForgottenAsync(IJobClient client)
        {
            await go.Task;
            await client.EnqueueAsync(new TextArgs("late"), cancellationToken: Bench.Token);
        }
    }

    [Fact]
    [Trait("Mistake", "D7")]
    public async Task S41_a_job_delayed_by_a_day_comes_when_it_is_due_and_not_before()
    {
        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.EnqueueAsync(new NumberArgs(1), new() { Delay = TimeSpan.FromDays(1) });
        await _bench.DriveAsync(_bench.Nodes[0].StopAsync());

        await _bench.AdvanceAsync(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.QuietAsync();
        Assert.Empty(_bench.Calls);
        await _bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
    }

    private static Task<string> ResultAsync(JobHandle<string> handle) => handle.ResultAsync(Bench.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Bench.Token);

    private sealed class Layer(string name, ConcurrentQueue<string> order) : IJobMiddleware
    {
        public async ValueTask InvokeAsync(JobContext context, JobDelegate next)
        {
            if (context.Tenant == "nobody")
            {
                return;
            }

            order.Enqueue($"{name} in");
            await next(context);
            order.Enqueue($"{name} out");
        }
    }

    private sealed class ThrowingLayer : IJobMiddleware
    {
        public ValueTask InvokeAsync(JobContext context, JobDelegate next) => throw new IOException("no");
    }

    private sealed class Hook(string name, ConcurrentQueue<string> order) : IWorkerLifecycle
    {
        public ValueTask StartingAsync(CancellationToken cancellationToken)
        {
            order.Enqueue($"{name} starts");
            return default;
        }

        public ValueTask StoppedAsync(CancellationToken cancellationToken)
        {
            order.Enqueue($"{name} stopped");
            return name == "b" ? throw new IOException("no") : default;
        }
    }

    private sealed class ThrowingFailureHandler : IJobFailureHandler
    {
        public ValueTask OnDeadLetteredAsync(JobFailureContext context, CancellationToken cancellationToken) => throw new IOException("no");
    }

    private sealed class PagingFailureHandler(IJobClient client) : IJobFailureHandler
    {
        public async ValueTask OnDeadLetteredAsync(JobFailureContext context, CancellationToken cancellationToken) =>
            await client.EnqueueAsync(new TextArgs($"page: {context.Id} {context.Reason}"), cancellationToken: cancellationToken);
    }
}
