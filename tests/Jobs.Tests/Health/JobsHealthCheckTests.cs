using Jobs.Brokers;
using Jobs.Testing;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Jobs.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Tests.Health;

public sealed class JobsHealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_registered_once_under_its_name_with_the_tag_ready()
    {
        await using var host = TestHost.Create(static jobs => jobs.AddDefinition(NumberArgs.Definition));

        var report = await host.Get<HealthCheckService>().CheckHealthAsync(static check => check.Tags.Contains("ready"), Token);

        Assert.Equal("Jobs", Assert.Single(report.Entries).Key);
        Assert.Equal(HealthStatus.Healthy, report.Status);
    }

    [Theory]
    [InlineData(BrokerStatus.Reconnecting, HealthStatus.Degraded)]
    [InlineData(BrokerStatus.Failed, HealthStatus.Unhealthy)]
    public async Task A_broker_that_is_away_shows_with_its_reason(BrokerStatus broker, HealthStatus expected)
    {
        var stub = new StubBroker { Health = new BrokerHealth(broker, DateTimeOffset.UnixEpoch, "connection refused") };
        await using var host = TestHost.Create(static jobs => jobs.AddDefinition(NumberArgs.Definition), broker: stub);

        var result = await CheckAsync(host.Services);

        Assert.Equal(expected, result.Status);
        Assert.Contains("connection refused", result.Description);
        Assert.Equal(broker.ToString(), result.Data["broker.status"]);
    }

    [Fact]
    public async Task A_worker_that_runs_with_empty_queues_is_healthy()
    {
        await using var host = await StartAsync(fails: false);

        var result = await CheckAsync(host.Services);

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(0L, result.Data["queue.default.waiting"]);
    }

    [Fact]
    public async Task Too_many_waiting_jobs_degrade()
    {
        await using var host = await StartAsync(fails: false, ("Jobs:Health:MaxDepth", "2"));
        await host.Broker.SetPausedAsync("default", true, Token);
        await EnqueueAsync(host, 3);

        var result = await CheckAsync(host.Services);

        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Contains("3 waiting jobs; more than 2 are too many (Jobs:Health:MaxDepth)", result.Description);
    }

    [Fact]
    public async Task Too_many_dead_letters_and_failures_degrade()
    {
        await using var host = await StartAsync(fails: true, ("Jobs:Health:MaxDeadLetters", "10"), ("Jobs:Defaults:MaxAttempts", "1"));
        await EnqueueAsync(host, 20);
        await host.RunUntilIdleAsync(Token);

        var result = await CheckAsync(host.Services);

        Assert.Contains("20 dead letters; more than 10 are too many (Jobs:Health:MaxDeadLetters)", result.Description);
        Assert.Contains("20 of 20 runs failed of late; at most 5 % should (Jobs:Health:MaxErrorPercent)", result.Description);
        Assert.Equal(HealthStatus.Degraded, result.Status);
    }

    [Fact]
    public async Task Failures_are_forgotten_after_a_minute()
    {
        await using var host = await StartAsync(fails: true, ("Jobs:Defaults:MaxAttempts", "1"));
        await EnqueueAsync(host, 20);
        await host.RunUntilIdleAsync(Token);
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(host.Services)).Status);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        await CheckAsync(host.Services);
        host.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host.Services)).Status);
    }

    [Fact]
    public async Task A_worker_that_ends_too_few_runs_while_jobs_wait_is_degraded_by_the_expected_rate()
    {
        await using var host = await StartAsync(fails: false, ("Jobs:Health:ExpectedPerMinute", "100"), ("Jobs:Worker:Concurrency", "1"), ("Jobs:Worker:MaxPrefetch", "0"));
        var go = host.Services.GetRequiredService<Gate>().Hold();
        await EnqueueAsync(host, 5);
        await CheckAsync(host.Services);
        host.Time.Advance(TimeSpan.FromMinutes(2));

        var result = await CheckAsync(host.Services);

        Assert.Contains("runs end per minute while jobs wait; 100 are expected (Jobs:Health:ExpectedPerMinute)", result.Description);
        go.SetResult();
        await host.RunUntilIdleAsync(Token);
    }

    private static async Task<JobTestHost> StartAsync(bool fails, params (string Path, string Value)[] configuration)
    {
        var gate = new Gate();
        var options = new JobTestHostOptions { Services = services => services.AddSingleton(gate) };
        foreach (var (path, value) in configuration)
        {
            options.Configuration[path] = value;
        }

        var handler = new ScriptHandler<NumberArgs>(NumberArgs.Definition, async (_, _) =>
        {
            await gate.Open;
            if (fails)
            {
                throw new InvalidOperationException("It always fails.");
            }
        });
        return await JobTestHost.StartAsync(jobs => jobs.AddHandler(handler), options, Token);
    }

    private static async Task EnqueueAsync(JobTestHost host, int count) =>
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, count).Select(static i => new NumberArgs(i)), cancellationToken: Token);

    private static async Task<HealthReportEntry> CheckAsync(IServiceProvider services) =>
        (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["Jobs"];

    private sealed class Gate
    {
        public Task Open { get; private set; } = Task.CompletedTask;

        public TaskCompletionSource Hold()
        {
            var opens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Open = opens.Task;
            return opens;
        }
    }
}
