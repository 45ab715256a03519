using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Catalog;

public sealed class JobCatalogTests
{
    private static async Task<JobRegistration> ResolveAsync(JobDefinition definition, Dictionary<string, string?>? configuration = null, Action<IJobsBuilder>? jobs = null)
    {
        await using var host = TestHost.Create(builder => { builder.AddDefinition(definition); jobs?.Invoke(builder); }, configuration);
        return host.Get<JobCatalog>().Get(definition);
    }

    [Fact]
    public async Task A_job_that_says_nothing_takes_the_defaults()
    {
        var settings = (await ResolveAsync(new NumberDefinition())).Settings;

        Assert.Equal((5, 3), (settings.MaxAttempts, settings.MaxCrashes));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), (settings.Backoff, settings.MaxBackoff));
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1)), (settings.Timeout, settings.HardTimeoutGrace));
        Assert.Equal(JobPriority.Normal, settings.Priority);
        Assert.Null(settings.Batch);
    }

    [Fact]
    public async Task Code_wins_over_configuration_and_that_over_the_attribute_and_that_over_the_defaults()
    {
        var definition = new NumberDefinition
        {
            Policy = new() { MaxAttempts = 2, Timeout = TimeSpan.FromSeconds(2), Backoff = TimeSpan.FromSeconds(2) },
            Batch = new(10, TimeSpan.FromSeconds(2)),
        };

        var settings = (await ResolveAsync(
            definition,
            new()
            {
                ["Jobs:Defaults:MaxAttempts"] = "1",
                ["Jobs:Defaults:Timeout"] = "00:00:01",
                ["Jobs:Defaults:Backoff"] = "00:00:01",
                ["Jobs:Defaults:MaxCrashes"] = "1",
                ["Jobs:Overrides:test.number:Timeout"] = "00:00:03",
                ["Jobs:Overrides:test.number:Backoff"] = "00:00:03",
                ["Jobs:Overrides:test.number:BatchSize"] = "30",
            },
            jobs => jobs.Configure(options => options.Overrides["TEST.NUMBER"].Backoff = TimeSpan.FromSeconds(4)))).Settings;

        Assert.Equal(1, settings.MaxCrashes);
        Assert.Equal(2, settings.MaxAttempts);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(4), settings.Backoff);
        Assert.Equal(new BatchPolicy(30, TimeSpan.FromSeconds(2)), settings.Batch);
    }

    [Fact]
    public async Task A_job_is_found_by_name_and_version()
    {
        var definition = new NumberDefinition { Version = 2 };
        await using var host = TestHost.Create(jobs => jobs.AddHandler(new TestHandler(definition)));
        var catalog = host.Get<JobCatalog>();

        Assert.True(catalog.TryGet("test.number", 2, out var found));
        Assert.Same(definition, found.Definition);
        Assert.IsType<TestHandler>(found.Handler);
        Assert.False(catalog.TryGet("test.number", 1, out _));
        Assert.False(catalog.TryGet("TEST.number", 2, out _));
    }

    [Fact]
    public async Task A_job_is_found_by_every_version_that_it_reads_and_every_name_it_had()
    {
        var definition = new NumberDefinition { Version = 4, OldestVersion = 2, Aliases = ["number", "Number"] };
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(definition));
        var catalog = host.Get<JobCatalog>();

        Assert.All(["test.number", "number", "Number"], name =>
            Assert.Equal([2, 3, 4], Enumerable.Range(0, 7).Where(version => catalog.TryGet(name, version, out var found) && found.Definition == definition)));
        Assert.False(catalog.TryGet("NUMBER", 3, out _));
    }

    [Fact]
    public async Task A_former_name_that_another_job_has_is_an_error_that_names_both()
    {
        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => ResolveAsync(
            new NumberDefinition { Aliases = ["Test.Text"] }, jobs: jobs => jobs.AddDefinition(TextArgs.Definition)));

        Assert.Contains("Job 'test.number' (Jobs.Tests.NumberJobs.Run) has the alias 'Test.Text', which also names Jobs.Tests.TextJobs.Run.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_was_not_added_is_an_error_that_says_how_to()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(new NumberDefinition()));
        var catalog = host.Get<JobCatalog>();

        var error = Assert.Throws<JobConfigurationException>(() => catalog.Get(TextArgs.Definition));

        Assert.Contains("Job 'test.text' (Jobs.Tests.TextJobs.Run) is not registered in this host.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backoff_beyond_its_own_limit_is_an_error_with_the_path()
    {
        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => ResolveAsync(new NumberDefinition(), new() { ["Jobs:Overrides:test.number:Backoff"] = "02:00:00" }));

        Assert.Contains("Jobs:Overrides:test.number:MaxBackoff", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_of_the_host_follow_those_of_the_job()
    {
        var definition = new NumberDefinition { Policy = new() { FailureRules = [new(typeof(IOException), FailureStrategy.NotFound)] } };

        var rules = (await ResolveAsync(
            definition,
            new()
            {
                ["Jobs:FailureRules:System.IO.IOException"] = "Invalid",
                ["Jobs:FailureRules:System.TimeoutException"] = "Invalid",
                ["Jobs:FailureRules:System.IO.FileNotFoundException"] = "PoolExhausted",
            },
            jobs => jobs.AddFailureRule<TimeoutException>(FailureStrategy.Transient).AddFailureRule<TimeoutException>(FailureStrategy.RateLimited))).Settings.FailureRules;

        Assert.Equal(FailureStrategy.NotFound, rules.Find(typeof(IOException)));
        Assert.Equal(FailureStrategy.NotFound, rules.Find(typeof(EndOfStreamException)));
        Assert.Equal(FailureStrategy.PoolExhausted, rules.Find(typeof(FileNotFoundException)));
        Assert.Equal(FailureStrategy.RateLimited, rules.Find(typeof(TimeoutException)));
        Assert.Null(rules.Find(typeof(InvalidOperationException)));
    }
}
