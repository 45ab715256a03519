using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.TestHosts;

/// <summary>Keys, limits and idempotency in a whole host, from the generated call to the end of the job.</summary>
public sealed class OrderJobsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 27, 22, 0, 0, TimeSpan.Zero);

    private readonly OrderLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Jobs:Schedules:orders.report:Enabled", "true", "orders.report")]
    [InlineData("Jobs:Schedules:mine:Cron", "*/5 * * * *", "mine")]
    [Trait("Scenario", "64")]
    public async Task S64_a_tick_whose_key_the_run_before_has_is_dropped(string path, string value, string schedule)
    {
        var configuration = new Dictionary<string, string?> { [path] = value };
        if (schedule == "mine")
        {
            configuration["Jobs:Schedules:mine:Job"] = "orders.report";
        }

        await using var host = await StartAsync(configuration);
        _log.Duration = TimeSpan.FromMinutes(12);

        await host.RunAsync(TimeSpan.FromMinutes(21), Token);

        host.ShouldHaveTicked(schedule, Start.AddMinutes(5), Start.AddMinutes(20));
        Assert.Equal([(Start.AddMinutes(5), 7), (Start.AddMinutes(20), 7)], _log.Runs);
    }

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_a_tick_has_its_key_while_it_runs()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:orders.report:Enabled"] = "true" });
        _log.Duration = TimeSpan.FromMinutes(2);
        await host.RunToNextTickAsync("orders.report", Token);

        var conflict = await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.Jobs.OrderJobs.Report(1, cancellationToken: Token));

        Assert.Equal(host.GetScheduled("orders.report")[0].Id, conflict.ExistingId);
        await host.RunAsync(TimeSpan.FromMinutes(5), Token);
        Assert.Equal([Start.AddMinutes(5), Start.AddMinutes(10)], _log.Runs.Select(static run => run.At));
    }

    [Fact]
    [Trait("Scenario", "65")]
    public async Task S65_each_item_of_a_batch_has_a_key_of_its_own()
    {
        await using var host = await StartAsync();
        var ids = new[] { 1, 2, 2, 3 };

        var error = await Assert.ThrowsAsync<JobBulkEnqueueException>(async () =>
            await host.Jobs.EnqueueManyAsync(ids.Select(static id => new OrderJobsClient.IngestArgs(new OrderItem(id, "x"))), cancellationToken: Token));
        var conflict = await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.Jobs.OrderJobs.Ingest(new OrderItem(3, "again"), cancellationToken: Token));

        Assert.Equal([true, true, false, true], error.Results.Select(static result => result.IsStored));
        Assert.Equal(error.Handles[1].Id, Assert.IsType<JobKeyConflictException>(error.Results[2].Error).ExistingId);
        Assert.Equal(error.Handles[3].Id, conflict.ExistingId);
        Assert.Equal(["ingest:1", "ingest:2", "ingest:3"], host.Enqueued.Select(static job => job.Attributes.Key));
        await host.RunUntilIdleAsync(Token);
        Assert.Equal([1, 2, 3], _log.Runs.Select(static run => run.Order).Order());

        await host.Jobs.OrderJobs.Ingest(new OrderItem(3, "later"), cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);
        Assert.Equal(4, _log.Runs.Count);
    }

    [Theory]
    [InlineData("succeeded")]
    [InlineData("dead-lettered")]
    [InlineData("killed")]
    [Trait("Scenario", "64")]
    public async Task S64_a_second_job_with_the_key_conflicts_until_the_first_has_ended(string end)
    {
        await using var host = await StartAsync();
        _log.Duration = TimeSpan.FromMinutes(1);
        _log.Failures = end == "dead-lettered" ? 1 : 0;
        var first = await host.Jobs.OrderJobs.Ship(1, new() { Delay = TimeSpan.FromHours(1) }, Token);
        await ConflictsAsync();
        if (end != "dead-lettered")
        {
            await host.RunAsync(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(30), Token);
            await ConflictsAsync();
        }

        if (end == "killed")
        {
            await host.CrashAsync(Token);
            await ConflictsAsync();
        }

        await host.RunUntilIdleAsync(Token);
        await host.Jobs.OrderJobs.Ship(1, cancellationToken: Token);
        await host.Jobs.OrderJobs.Ship(2, cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);

        Assert.Equal(end switch { "succeeded" => [1, 1, 2], "killed" => [1, 1, 1, 2], _ => [1, 2] }, _log.Runs.Select(static run => run.Order).Order());
        Assert.Equal(end == "dead-lettered" ? 1 : 0, host.DeadLetters.Count);

        async Task ConflictsAsync() =>
            Assert.Equal(first.Id, (await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.Jobs.OrderJobs.Ship(1, cancellationToken: Token))).ExistingId);
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_a_limit_holds_in_the_test_host()
    {
        await using var host = await StartAsync();
        _log.Duration = TimeSpan.FromMinutes(1);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 4).Select(static order => new OrderJobsClient.PackArgs(order)), cancellationToken: Token);

        await host.RunUntilIdleAsync(Token);

        Assert.Equal(1, _log.Most);
        Assert.Equal([0, 1, 2, 3], _log.Runs.Select(static run => run.Order).Order());
        Assert.Equal(4, host.Count(JobOutcomeKind.Succeeded));
        Assert.True(host.Count(JobOutcomeKind.Deferred) > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Scenario", "66")]
    public async Task S66_work_that_is_done_is_not_repeated_in_the_test_host(bool isSettleLost)
    {
        await using var host = await StartAsync();
        if (isSettleLost)
        {
            host.Faults.FailNextSettle();
        }

        await host.Jobs.OrderJobs.Charge(1, cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);
        await host.Jobs.OrderJobs.Charge(1, cancellationToken: Token);
        await host.Jobs.OrderJobs.Charge(2, cancellationToken: Token);
        await host.RunUntilIdleAsync(Token);

        Assert.Equal([1, 2], _log.Runs.Select(static run => run.Order).Order());
        Assert.Equal(3, host.Outcomes.Count(static outcome => outcome.IsEnd));
        Assert.True(!isSettleLost || host.Time.GetUtcNow() - Start > TimeSpan.FromSeconds(5), "The job did not come again.");
    }

    private Task<JobTestHost> StartAsync(Dictionary<string, string?>? configuration = null)
    {
        var options = new JobTestHostOptions
        {
            StartTime = Start,
            Services = services => services.AddSingleton(provider =>
            {
                _log.Time = provider.GetRequiredService<TimeProvider>();
                return _log;
            }),
        };
        foreach (var (path, value) in configuration ?? [])
        {
            options.Configuration[path] = value;
        }

        return JobTestHost.StartAsync(OrderJobsClient.Register, options, Token);
    }
}
