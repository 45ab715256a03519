using Jobs.Brokers;
using Jobs.Hosting;
using Jobs.Hosting.Configuration;
using Jobs.Memory;
using Jobs.Tests.Definitions;
using Microsoft.Extensions.Options;

namespace Jobs.Tests.Hosting;

public sealed class JobsOptionsTests
{
    private static readonly NumberDefinition Critical = new("email.send-welcome") { Queue = "critical" };
    private static readonly NumberDefinition Batch = new("events.ingest") { Batch = new(100, TimeSpan.FromSeconds(5)) };

    private static TestHost Create(Dictionary<string, string?> configuration, Action<IJobsBuilder>? jobs = null) =>
        TestHost.Create(builder => { builder.AddDefinition(Critical).AddDefinition(Batch); jobs?.Invoke(builder); }, configuration);

    private static async Task<string> FailureAsync(string path, string? value)
    {
        await using var host = Create(new() { [path] = value });
        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        return Assert.Single(error.Failures);
    }

    [Fact]
    public async Task Every_member_is_bound()
    {
        await using var host = Create(new()
        {
            ["Jobs:Namespace"] = "shop",
            ["Jobs:Provision"] = "verify",
            ["Jobs:UnknownJobGrace"] = "00:20:00",
            ["Jobs:ResultRetention"] = "2.00:00:00",
            ["Jobs:Worker:Concurrency"] = "32",
            ["Jobs:Worker:DrainTimeout"] = "00:00:10",
            ["Jobs:Worker:Strict"] = "true",
            ["Jobs:Worker:Name"] = "w1",
            ["Jobs:Worker:MaxPrefetch"] = "5",
            ["Jobs:Worker:Queues:0"] = "critical",
            ["Jobs:Defaults:MaxAttempts"] = "7",
            ["Jobs:Defaults:Priority"] = "high",
            ["Jobs:Queues:critical:Weight"] = "6",
            ["Jobs:Queues:critical:Concurrency"] = "16",
            ["Jobs:Queues:critical:Lease"] = "00:05:00",
            ["Jobs:Queues:critical:MaxLength"] = "5000000000",
            ["Jobs:Queues:critical:Priorities:0"] = "High",
            ["Jobs:Queues:critical:Priorities:1"] = "Low",
            ["Jobs:Overrides:email.send-welcome:MaxAttempts"] = "8",
            ["Jobs:Overrides:events.ingest:BatchWindow"] = "00:00:01",
            ["Jobs:Memory:MaxDeadLetters"] = "9",
            ["Jobs:FailureRules:System.TimeoutException"] = "RateLimited",
        });

        var options = host.Options;

        Assert.Equal(("stub", "shop", ProvisionMode.Verify), (options.Broker, options.Namespace, options.Provision));
        Assert.Equal((TimeSpan.FromMinutes(20), TimeSpan.FromDays(2)), (options.UnknownJobGrace, options.ResultRetention));
        Assert.Equal((32, TimeSpan.FromSeconds(10), true, "w1", 5), (options.Worker.Concurrency, options.Worker.DrainTimeout, options.Worker.Strict, options.Worker.Name, options.Worker.MaxPrefetch));
        Assert.Equal(["critical"], options.Worker.Queues);
        Assert.Equal((7, JobPriority.High), (options.Defaults.MaxAttempts, options.Defaults.Priority));
        var queue = options.Queues["critical"];
        Assert.Equal((6, 16, TimeSpan.FromMinutes(5), 5_000_000_000), (queue.Weight, queue.Concurrency, queue.Lease, queue.MaxLength));
        Assert.Equal([JobPriority.High, JobPriority.Low], queue.Priorities);
        Assert.Equal(8, options.Overrides["email.send-welcome"].MaxAttempts);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Overrides["events.ingest"].BatchWindow);
        Assert.Equal(9, options.Memory.MaxDeadLetters);
        Assert.Equal(FailureStrategy.RateLimited, options.FailureRules["System.TimeoutException"]);
    }

    [Fact]
    public async Task Environment_variables_change_the_case_of_keys()
    {
        await using var host = Create(new()
        {
            ["JOBS:WORKER:CONCURRENCY"] = "3",
            ["JOBS:QUEUES:CRITICAL:WEIGHT"] = "6",
            ["JOBS:OVERRIDES:EMAIL.SEND-WELCOME:MAXATTEMPTS"] = "8",
        });

        Assert.Equal(3, host.Options.Worker.Concurrency);
        Assert.Equal(6, host.Options.Queues["critical"].Weight);
        Assert.Equal(8, host.Options.Overrides["email.send-welcome"].MaxAttempts);
    }

    [Fact]
    public async Task Code_wins_over_configuration_and_the_last_code_over_the_first()
    {
        await using var host = Create(
            new() { ["Jobs:Worker:Concurrency"] = "3", ["Jobs:Worker:MaxPrefetch"] = "3", ["Jobs:Queues:critical:Weight"] = "3", ["Jobs:Queues:critical:Concurrency"] = "3" },
            jobs => jobs
                .AddWorker(worker => worker.Concurrency = 4)
                .Configure(options => options.Worker.Concurrency = 5)
                .AddQueue("critical", queue => queue.Weight = 9));

        Assert.Equal((5, 3), (host.Options.Worker.Concurrency, host.Options.Worker.MaxPrefetch));
        Assert.Equal((9, 3), (host.Options.Queues["critical"].Weight, host.Options.Queues["critical"].Concurrency));
    }

    [Fact]
    public async Task A_worker_without_a_name_gets_one_of_its_own()
    {
        await using var one = Create([]);
        await using var other = Create([]);

        Assert.StartsWith($"{Environment.MachineName}:{Environment.ProcessId}:", one.Options.Worker.Name, StringComparison.Ordinal);
        Assert.NotEqual(one.Options.Worker.Name, other.Options.Worker.Name);
    }

    [Theory]
    [InlineData("Jobs:Queues:critical:Concurrency", "-3", "Jobs:Queues:critical:Concurrency must be 1 to 10,000, but is -3.")]
    [InlineData("Jobs:Queues:critical:MaxLength", "0", "Jobs:Queues:critical:MaxLength must be at least 1, but is 0.")]
    [InlineData("Jobs:Queues:critical:Lease", "00:00:00", "Jobs:Queues:critical:Lease must be 00:00:01 to 12:00:00, but is 00:00:00.")]
    [InlineData("Jobs:Worker:Concurrency", "0", "Jobs:Worker:Concurrency must be 1 to 10,000, but is 0.")]
    [InlineData("Jobs:Worker:Name", "", "Jobs:Worker:Name must be 1 to 128 characters, but is 0 characters long.")]
    [InlineData("Jobs:Defaults:MaxAttempts", "1001", "Jobs:Defaults:MaxAttempts must be 1 to 1,000, but is 1,001.")]
    [InlineData("Jobs:Overrides:email.send-welcome:MaxAttempts", "0", "Jobs:Overrides:email.send-welcome:MaxAttempts must be 1 to 1,000, but is 0.")]
    [InlineData("Jobs:Overrides:email.send-welcome:Queue", "a b", "Jobs:Overrides:email.send-welcome:Queue must be 1 to 64 letters, digits, '-' or '_', but is 'a b'.")]
    [InlineData("Jobs:Namespace", "my shop", "Jobs:Namespace must be 1 to 64 letters, digits, '-' or '_', but is 'my shop'.")]
    public async Task A_value_out_of_range_fails_the_start_with_path_range_and_value(string path, string value, string message) =>
        Assert.Equal(message, await FailureAsync(path, value));

    [Theory]
    [InlineData("30", "Jobs:Worker:DrainTimeout must be a duration, hours:minutes:seconds such as '00:00:30', with days in front such as '1.12:00:00', but is '30'.")]
    [InlineData("30s", "'00:00:30'")]
    [InlineData("24:00:00", "'1.12:00:00'")]
    [InlineData("00:30", "but is '00:30'")]
    [InlineData("", "but is ''")]
    public async Task A_malformed_duration_fails_the_start_with_an_example(string value, string part) =>
        Assert.Contains(part, await FailureAsync("Jobs:Worker:DrainTimeout", value), StringComparison.Ordinal);

    [Theory]
    [InlineData("Jobs:Worker:Concurrency", "many", "Jobs:Worker:Concurrency must be a whole number")]
    [InlineData("Jobs:Worker:Concurrency", "5000000000", "at most 2,147,483,647, but is '5000000000'.")]
    [InlineData("Jobs:Worker:Strict", "yes", "Jobs:Worker:Strict must be 'true' or 'false', but is 'yes'.")]
    [InlineData("Jobs:Provision", "7", "Jobs:Provision must be one of CreateIfMissing, Verify, None, but is '7'.")]
    [InlineData("Jobs:Queues:critical:Priorities:0", "urgent", "Jobs:Queues:critical:Priorities:0 must be one of Low, Normal, High, but is 'urgent'.")]
    [InlineData("Jobs:FailureRules:System.TimeoutException", "ignore", "must be one of Transient, RateLimited, PoolExhausted, NotFound, Invalid")]
    [InlineData("Jobs:Worker", "16", "Jobs:Worker must be a section, but is '16'.")]
    [InlineData("Jobs:Worker:Concurrency:Max", "16", "Jobs:Worker:Concurrency must be a single value, but is a section.")]
    public async Task A_value_of_the_wrong_kind_fails_the_start(string path, string value, string part) =>
        Assert.Contains(part, await FailureAsync(path, value), StringComparison.Ordinal);

    [Theory]
    [InlineData("Jobs:Worker:Concurency", "Jobs:Worker:Concurency is not known. Did you mean 'Concurrency'? Known: Concurrency, DrainTimeout, MaxPrefetch, Name, Queues, Strict.")]
    [InlineData("Jobs:Quues:critical:Weight", "Jobs:Quues is not known. Did you mean 'Queues'?")]
    [InlineData("Jobs:Queues:critical:Wieght", "Did you mean 'Weight'?")]
    [InlineData("Jobs:Overrides:email.send-welcome:Retries", "Jobs:Overrides:email.send-welcome:Retries is not known. Known: Backoff,")]
    public async Task An_unknown_member_fails_the_start_with_the_known_ones(string path, string part) =>
        Assert.Contains(part, await FailureAsync(path, "1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Jobs:Broker", "stubb", "Jobs:Broker is 'stubb', which was not added to this host", "Did you mean 'stub'?")]
    [InlineData("Jobs:Store", "redis", "Jobs:Store is 'redis', which was not added to this host.", "Known: memory.")]
    [InlineData("Jobs:Queues:critcal:Weight", "2", "Jobs:Queues:critcal names no queue of this host", "Did you mean 'critical'? Known: critical, default.")]
    [InlineData("Jobs:Overrides:email.send-welcom:MaxAttempts", "2", "Jobs:Overrides:email.send-welcom names no job of this host.", "Did you mean 'email.send-welcome'?")]
    [InlineData("Jobs:Worker:Queues:0", "low", "Jobs:Worker:Queues:0 is 'low', which is no queue of this host.", "Known: critical, default.")]
    [InlineData("Jobs:Overrides:email.send-welcome:BatchSize", "5", "Jobs:Overrides:email.send-welcome:BatchSize is set", "[Batch]")]
    public async Task A_name_that_stands_for_nothing_fails_the_start(string path, string value, string start, string part)
    {
        var failure = await FailureAsync(path, value);
        Assert.StartsWith(start, failure, StringComparison.Ordinal);
        Assert.Contains(part, failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_are_reported_at_once()
    {
        await using var host = Create(new() { ["Jobs:Worker:Concurrency"] = "0", ["Jobs:Queues:critical:Weight"] = "0", ["Jobs:Store"] = "nowhere" });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(3, error.Failures.Count());
    }

    [Fact]
    public async Task Sections_of_adapters_are_left_to_them()
    {
        await using var host = Create(new() { ["Jobs:Nats:Replicas"] = "3", ["Jobs:Stub:Anything"] = "1" });

        Assert.Equal("stub", host.Options.Broker);
    }

    [Fact]
    public void The_known_members_are_those_of_the_options()
    {
        AssertKnows<JobsOptions>(JobsSection.Members.Keys);
        AssertKnows<WorkerOptions>(JobsSection.Worker.Names);
        AssertKnows<QueueOptions>(JobsSection.Queue.Names);
        AssertKnows<JobDefaultOptions>(JobsSection.Defaults.Names);
        AssertKnows<JobOverrideOptions>(JobsSection.Override.Names);
        AssertKnows<MemoryBrokerOptions>(JobsSection.Memory.Names);

        static void AssertKnows<T>(IEnumerable<string> names) =>
            Assert.Equal(typeof(T).GetProperties().Select(property => property.Name).Order(), names.Order());
    }
}
