using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Tests.Definitions;
using Jobs.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Tests.Hosting;

public sealed class HostStartTests
{
    private static readonly NumberDefinition Number = new();

    private static TestHost Worker(Action<IJobsBuilder> jobs, Dictionary<string, string?>? configuration = null, StubBroker? broker = null, Action<IServiceCollection>? services = null) =>
        TestHost.Create(
            builder => { jobs(builder); JobsRegistry.Of(builder.Services).HasWorker = true; },
            configuration,
            broker,
            services: services);

    private static async Task<bool> StartAsync(TestHost host)
    {
        await host.StartAsync();
        return true;
    }

    private static async Task<bool> ProvisionAsync(TestHost host)
    {
        await host.Get<TopologyProvisioner>().EnsureAsync(TestContext.Current.CancellationToken);
        return true;
    }

    private static async Task<string> StartFailureAsync(TestHost host)
    {
        await using (host)
        {
            return (await Assert.ThrowsAsync<JobConfigurationException>(host.StartAsync)).Message;
        }
    }

    [Fact]
    public async Task The_queues_are_provisioned_before_anything_else_starts()
    {
        var order = new List<string>();
        var broker = new StubBroker { Provision = (_, mode, _) => { order.Add($"provisioned {mode}"); return default; } };
        await using var host = TestHost.Create(
            jobs => jobs.AddDefinition(Number).AddQueue("bulk", queue => queue.Lease = TimeSpan.FromMinutes(2)),
            new() { ["Jobs:Namespace"] = "shop", ["Jobs:Provision"] = "Verify" },
            broker,
            services: services => services.AddHostedService(_ => new Started(() => order.Add("started"))));

        await host.StartAsync();

        Assert.Equal(["provisioned Verify", "started"], order);
        Assert.Equal("shop", broker.Topology!.Namespace);
        Assert.Equal([("bulk", TimeSpan.FromMinutes(2)), ("default", TimeSpan.FromSeconds(30))], broker.Topology.Queues.Select(queue => (queue.Name, queue.Lease)));
    }

    [Fact]
    public async Task A_broker_that_is_away_delays_the_start_and_does_not_fail_it()
    {
        var away = new TaskCompletionSource();
        var broker = new StubBroker { Provision = (_, _, _) => new(away.Task) };
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(Number), broker: broker);

        var before = host.Time.GetUtcNow();
        await host.AdvanceUntilDoneAsync(StartAsync(host));

        Assert.True(host.Time.GetUtcNow() - before >= HostStart.BrokerWait);

        Assert.Contains(host.Logs.Entries, entry => entry.Id == 6003);
        away.SetResult();
        await host.Get<TopologyProvisioner>().EnsureAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(broker.Topology);
    }

    [Fact]
    public async Task A_host_that_is_told_to_stop_while_it_starts_leaves_without_an_error_and_receives_nothing()
    {
        TestHost? told = null;
        var broker = new StubBroker { Provision = (_, _, cancellationToken) => { told!.Get<IHostApplicationLifetime>().StopApplication(); return new(Task.Delay(Timeout.Infinite, cancellationToken)); } };
        await using var host = told = TestHost.Create(jobs => jobs.AddHandler(new TestHandler(Number)).AddWorker(), broker: broker);

        await host.StartAsync();

        Assert.Contains(host.Logs.Entries, entry => entry.Id == 6008);
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Id is 2001 or 6003);
    }

    [Fact]
    public async Task A_hook_that_is_told_that_the_host_stops_fails_no_start()
    {
        await using var host = TestHost.Create(
            jobs => jobs.AddHandler(new TestHandler(Number)).AddWorker(),
            services: services => services.AddSingleton<IWorkerLifecycle, StoppingHook>());

        await host.StartAsync();

        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Id == 2001);
    }

    [Fact]
    public async Task A_start_that_its_caller_cancels_ends_as_cancelled()
    {
        using var caller = new CancellationTokenSource();
        var broker = new StubBroker { Provision = (_, _, cancellationToken) => { caller.Cancel(); return new(Task.Delay(Timeout.Infinite, cancellationToken)); } };
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(Number), broker: broker);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.StartForAsync(caller.Token));
    }

    [Fact]
    public async Task Provisioning_that_fails_is_tried_again()
    {
        var tries = 0;
        var broker = new StubBroker { Provision = (_, _, _) => ++tries < 3 ? throw new IOException("connection refused") : default };
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(Number), broker: broker);

        await host.AdvanceUntilDoneAsync(StartAsync(host));

        // The clock may have run past what a start waits.
        await host.AdvanceUntilDoneAsync(ProvisionAsync(host));
        Assert.Equal(3, tries);
        Assert.Equal(2, host.Logs.Entries.Count(entry => entry.Id == 6002));
    }

    [Fact]
    public async Task Queues_that_differ_fail_the_start()
    {
        var broker = new StubBroker { Provision = (_, _, _) => throw new JobConfigurationException("queue 'default' keeps no messages") };

        Assert.Contains("queue 'default' keeps no messages", await StartFailureAsync(TestHost.Create(jobs => jobs.AddDefinition(Number), broker: broker)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_declared_twice_fails_the_start_with_both_places()
    {
        var other = new TextDefinition(Number.Name.ToUpperInvariant());

        var message = await StartFailureAsync(TestHost.Create(jobs => jobs.AddDefinition(Number).AddDefinition(Number).AddDefinition(other)));

        Assert.Contains("Job 'test.number' is declared more than once: Jobs.Tests.NumberJobs.Run and Jobs.Tests.TextJobs.Run.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_handlers_of_a_job_fail_the_start_with_both_places()
    {
        var message = await StartFailureAsync(TestHost.Create(jobs => jobs.AddHandler(new TestHandler(Number)).AddHandler(new TestHandler(Number) { Location = "Jobs.Tests.Other.Run" })));

        Assert.Contains("Job 'test.number' has two handlers: Jobs.Tests.NumberJobs.Run and Jobs.Tests.Other.Run.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queues_that_differ_in_case_only_fail_the_start()
    {
        var message = await StartFailureAsync(TestHost.Create(jobs => jobs.AddDefinition(Number).AddQueue("Default")));

        Assert.Contains("Queues differ in case only: 'Default', 'default'.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_service_fails_the_start_with_job_and_parameter()
    {
        var handler = new TestHandler(
            Number,
            new(typeof(IDisposable), "resource"),
            new(typeof(IComparable), "missingKey", Key: "blue"),
            new(typeof(IFormattable), "optional", IsOptional: true),
            new(typeof(TimeProvider), "time"),
            new(typeof(IServiceProvider), "services"),
            new(typeof(ICloneable), "ofRegisteredClass", UnlessRegistered: typeof(HostStartTests)),
            new(typeof(TestHost), "this"));

        var message = await StartFailureAsync(Worker(jobs => jobs.AddHandler(handler), services: services => services.AddSingleton(this)));

        Assert.Contains("Job 'test.number' (Jobs.Tests.NumberJobs.Run) needs the service System.IDisposable for its parameter 'resource'", message, StringComparison.Ordinal);
        Assert.Contains("System.IComparable with the key 'blue' for its parameter 'missingKey'", message, StringComparison.Ordinal);
        Assert.Contains($"Job 'test.number' (Jobs.Tests.NumberJobs.Run) needs an instance of {typeof(TestHost)}, which is not registered and which generated code cannot make", message, StringComparison.Ordinal);
        Assert.Contains("Register it, or make the method static.", message, StringComparison.Ordinal);
        Assert.Equal(3, message.Split(Environment.NewLine).Length);
    }

    [Fact]
    public async Task A_host_that_only_enqueues_needs_neither_handlers_nor_services()
    {
        await using var host = TestHost.Create(jobs => jobs.AddHandler(new TestHandler(Number, new ServiceRequirement(typeof(IDisposable), "resource"))).AddDefinition(new TextDefinition()));

        await host.StartAsync();
    }

    [Fact]
    public async Task A_job_without_a_handler_on_a_consumed_queue_fails_the_start()
    {
        var message = await StartFailureAsync(Worker(jobs => jobs.AddDefinition(Number)));

        Assert.Contains("Job 'test.number' (Jobs.Tests.NumberJobs.Run) has no handler in this host, which consumes its queue 'default'.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_without_a_handler_on_another_queue_does_not()
    {
        await using var host = Worker(jobs => jobs.AddDefinition(Number).AddQueue("mine"), new() { ["Jobs:Worker:Queues:0"] = "MINE" });

        await host.StartAsync();
    }

    [Fact]
    public async Task A_required_result_without_a_store_fails_the_start()
    {
        var job = new ResultDefinition { Policy = new() { RequireResult = true } };

        var message = await StartFailureAsync(TestHost.Create(jobs => jobs.AddDefinition(job)));

        Assert.Contains("Job 'test.result' (Jobs.Tests.ResultJobs.Run) requires its result, but no store is configured: set Jobs:Store", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_without_a_store_fails_the_start()
    {
        var message = await StartFailureAsync(Worker(static jobs => jobs.AddHandler(Checkpointed())));

        Assert.Contains("Job 'test.number' (Shop.Jobs.Count) keeps a checkpoint, which needs a store: set Jobs:Store, use a broker that brings one ('stub' does not)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_in_a_store_that_dies_with_the_worker_fails_the_start_of_a_durable_broker()
    {
        var message = await StartFailureAsync(Worker(static jobs => jobs.AddHandler(Checkpointed()), new() { ["Jobs:Store"] = "memory" }));

        Assert.Contains("Job 'test.number' (Shop.Jobs.Count) keeps a checkpoint, which must outlive the worker that saved it, and store 'memory' is within this process", message, StringComparison.Ordinal);
    }

    private static ScriptHandler<NumberArgs> Checkpointed() =>
        new(JobDefinition.Of<NumberArgs>(), static (_, _) => default) { UsesCheckpoint = true, Location = "Shop.Jobs.Count" };

    [Fact]
    public async Task Results_that_are_dropped_are_logged_once()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(new ResultDefinition()));

        await host.StartAsync();

        Assert.Equal("The results of these jobs are dropped, because no store is configured ('Jobs:Store'): test.result.", Assert.Single(host.Logs.Entries, entry => entry.Id == 6001).Message);
    }

    [Fact]
    public async Task Results_are_kept_by_the_store_that_is_named()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(new ResultDefinition()), new() { ["Jobs:Store"] = "Memory" });

        await host.StartAsync();

        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Id == 6001);
    }

    [Fact]
    public async Task A_drain_that_does_not_fit_the_shutdown_fails_the_start_with_both_settings()
    {
        var message = await StartFailureAsync(Worker(
            jobs => jobs.AddHandler(new TestHandler(Number)),
            new() { ["Jobs:Worker:DrainTimeout"] = "00:00:26" },
            services: services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30))));

        Assert.StartsWith("Jobs:Worker:DrainTimeout is 00:00:26; with 5 s more it does not fit the host's shutdown timeout of 00:00:30", message, StringComparison.Ordinal);
        Assert.Contains("Raise HostOptions.ShutdownTimeout (configuration 'shutdownTimeoutSeconds') to at least 00:00:31", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_broker_cannot_hold_fails_the_start()
    {
        var broker = new StubBroker
        {
            Features = new() { MaxDocumentBytes = 1, InFlightLimit = 10, LeaseLimit = TimeSpan.FromMinutes(15) },
        };
        var job = new NumberDefinition { Batch = new(100, TimeSpan.FromSeconds(5)), Queue = "batches" };

        var message = await StartFailureAsync(Worker(
            jobs => jobs.AddHandler(new TestHandler(job)),
            new() { ["Jobs:Queues:batches:Lease"] = "00:20:00" },
            broker));

        Assert.Contains("Jobs:Queues:batches:Lease is 00:20:00, but broker 'stub' lets a delivery be held for at most 00:15:00.", message, StringComparison.Ordinal);
        Assert.Contains("Job 'test.number' runs in batches of 100, but broker 'stub' hands out at most 10 at once", message, StringComparison.Ordinal);
        Assert.Contains("Job 'test.number' may run for 00:31:00 (Timeout and HardTimeoutGrace)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_must_never_start_twice_cannot_be_where_nobody_can_tell_a_crash_from_a_retry()
    {
        var broker = new StubBroker { Features = new() { MaxDocumentBytes = 1, InPlaceQueues = ["Ordered"] } };
        var job = new NumberDefinition { Policy = new() { MaxCrashes = 0 }, Queue = "ordered" };

        var message = await StartFailureAsync(Worker(jobs => jobs.AddHandler(new TestHandler(job)), broker: broker));

        Assert.Contains("Job 'test.number' must never start twice (MaxCrashes is 0), but in queue 'ordered' of broker 'stub' messages stay in place", message, StringComparison.Ordinal);
        Assert.Contains("raise Jobs:Overrides:test.number:MaxCrashes", message, StringComparison.Ordinal);
    }

    private sealed class StoppingHook(IHostApplicationLifetime lifetime) : IWorkerLifecycle
    {
        public ValueTask StartingAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            cancellationToken.ThrowIfCancellationRequested();
            return default;
        }
    }

    private sealed class Started(Action action) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            action();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
