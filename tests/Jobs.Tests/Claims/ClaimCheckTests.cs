using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Memory;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Jobs.Tests.Status;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Claims;

/// <summary>A host that cannot keep what its jobs ask for does not start, and says what to do.</summary>
public sealed class ClaimCheckTests
{
    private static readonly JobPolicy Limited = new() { ConcurrencyLimit = 2 };
    private static readonly JobPolicy Once = new() { IdempotencyRetention = TimeSpan.FromDays(1) };

    [Fact]
    public async Task A_limit_without_a_store_fails_the_start() => Assert.Equal(
        "Job 'test.number' (Jobs.Tests.NumberJobs.Run) limits how many of its runs are under way at once ([Concurrency], or Jobs:Overrides:test.number:ConcurrencyLimit), which needs a store, "
        + "and none is configured: set Jobs:Store, use a broker that brings one ('stub' does not), or remove the attribute.",
        await FailureAsync(Limited));

    [Fact]
    public async Task A_limit_that_only_configuration_sets_does_too() =>
        Assert.Contains("ConcurrencyLimit), which needs a store", await FailureAsync(JobPolicy.Unset, new() { ["Jobs:Overrides:test.number:ConcurrencyLimit"] = "3" }), StringComparison.Ordinal);

    [Fact]
    public async Task An_idempotent_job_without_a_store_fails_the_start() =>
        Assert.StartsWith("Job 'test.number' (Jobs.Tests.NumberJobs.Run) is [Idempotent], which needs a store, and none is configured: set Jobs:Store", await FailureAsync(Once), StringComparison.Ordinal);

    [Fact]
    public async Task A_store_without_permits_is_named() => Assert.Equal(
        "Job 'test.number' (Jobs.Tests.NumberJobs.Run) is [Idempotent], which needs a store with permits (IPermitStore), and 'away' has none: choose another one by Jobs:Store, or remove the attribute.",
        await FailureAsync(Once, new() { ["Jobs:Store"] = "plain" }));

    [Fact]
    public async Task A_store_of_this_process_is_refused_where_jobs_are_everybodys() =>
        Assert.Contains("that all nodes share, and 'memory' is within this process", await FailureAsync(Once, new() { ["Jobs:Store"] = "memory" }), StringComparison.Ordinal);

    [Fact]
    public async Task A_host_that_only_enqueues_needs_none()
    {
        await using var host = TestHost.Create(static jobs => jobs.AddDefinition(new NumberDefinition { Policy = Limited }));

        await host.StartAsync();
    }

    [Fact]
    public async Task A_concurrency_key_without_a_limit_is_refused()
    {
        await using var host = TestHost.Create(static jobs => jobs.AddDefinition(NumberArgs.Definition));
        await host.StartAsync();

        var error = await Assert.ThrowsAsync<ArgumentException>(async () =>
            await host.Get<IJobClient>().EnqueueAsync(new NumberArgs(1), new() { ConcurrencyKey = "a" }, TestContext.Current.CancellationToken));

        Assert.Contains("nothing says how many there are: mark the job [Concurrency], or set Jobs:Overrides:test.number:ConcurrencyLimit.", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> FailureAsync(JobPolicy policy, Dictionary<string, string?>? configuration = null)
    {
        await using var host = TestHost.Create(
            jobs =>
            {
                jobs.AddHandler(new TestHandler(new NumberDefinition { Policy = policy }))
                    .AddStore("plain", static provider => new AwayStore(new MemoryStore(provider.GetRequiredService<TimeProvider>())));
                JobsRegistry.Of(jobs.Services).HasWorker = true;
            },
            configuration);
        return (await Assert.ThrowsAsync<JobConfigurationException>(host.StartAsync)).Message;
    }
}
