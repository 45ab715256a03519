using Microsoft.Extensions.Options;

namespace Jobs.Aot.Configuration;

/// <summary>Mistakes in configuration fail the start with path, value and remedy.</summary>
internal static class MistakeChecks
{
    private const string Duration = "must be a duration, hours:minutes:seconds such as '00:00:30', with days in front such as '1.12:00:00'";

    private static readonly (string Path, string Value, string Message)[] Mistakes =
    [
        ("Worker:Concurrency", "0", "Jobs:Worker:Concurrency must be 1 to 10,000, but is 0."),
        ("Worker:Concurrency", "many", "Jobs:Worker:Concurrency must be a whole number, at most 2,147,483,647, but is 'many'."),
        ("Worker:DrainTimeout", "30", $"Jobs:Worker:DrainTimeout {Duration}, but is '30'."),
        ("Worker:Strict", "yes", "Jobs:Worker:Strict must be 'true' or 'false', but is 'yes'."),
        ("Worker:Name", "", "Jobs:Worker:Name must be 1 to 128 characters, but is 0 characters long."),
        ("Worker:Queues:0", "low", "Jobs:Worker:Queues:0 is 'low', which is no queue of this host. Known: critical, default, described, draining."),
        ("Worker:Concurency", "1", "Jobs:Worker:Concurency is not known. Did you mean 'Concurrency'? Known: Concurrency, DrainTimeout, MaxPrefetch, Name, Queues, Strict."),
        ("Worker", "16", "Jobs:Worker must be a section, but is '16'."),
        ("Provision", "7", "Jobs:Provision must be one of CreateIfMissing, Verify, None, but is '7'."),
        ("Namespace", "my shop", "Jobs:Namespace must be 1 to 64 letters, digits, '-' or '_', but is 'my shop'."),
        ("Broker", "memroy", "Jobs:Broker is 'memroy', which was not added to this host (jobs.AddNats() and the like). Did you mean 'memory'? Known: bytes, memory."),
        ("Store", "redis", "Jobs:Store is 'redis', which was not added to this host. Known: memory."),
        ("Queues:critical:Lease", "00:00:00", "Jobs:Queues:critical:Lease must be 00:00:01 to 12:00:00, but is 00:00:00."),
        ("Queues:critical:MaxLength", "0", "Jobs:Queues:critical:MaxLength must be at least 1, but is 0."),
        ("Queues:critical:Priorities:0", "urgent", "Jobs:Queues:critical:Priorities:0 must be one of Low, Normal, High, but is 'urgent'."),
        ("Queues:critcal:Weight", "2", "Jobs:Queues:critcal names no queue of this host; a queue that no job names is added with jobs.AddQueue. Did you mean 'critical'? Known: critical, default, described, draining."),
        ("Overrides:plain.add:MaxAttempts", "0", "Jobs:Overrides:plain.add:MaxAttempts must be 1 to 1,000, but is 0."),
        ("Overrides:plain.add:BatchSize", "5", "Jobs:Overrides:plain.add:BatchSize is set, but the job does not run in batches; mark its method with [Batch]."),
        ("Defaults:MaxAttempts", "1001", "Jobs:Defaults:MaxAttempts must be 1 to 1,000, but is 1,001."),
        ("FailureRules:System.TimeoutException", "ignore", "Jobs:FailureRules:System.TimeoutException must be one of Transient, RateLimited, PoolExhausted, NotFound, Invalid, but is 'ignore'."),
    ];

    public static async Task RunAsync(Canary canary)
    {
        foreach (var (path, value, message) in Mistakes)
        {
            await canary.CheckAsync($"Jobs:{path} = '{value}' fails the start", async () =>
            {
                using var host = CanaryHost.CreateBuilder((path, value)).Build();
                Expect.Equal(message, (await Expect.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message);
            });
        }

        await canary.CheckAsync("Jobs:Memory fails the start too", async () =>
        {
            using var host = CanaryHost.CreateBuilder(("Memory:DedupeWindow", "00:00:00")).Build();
            Expect.Contains(
                "Jobs:Memory:DedupeWindow is 00:00:00; it must be positive.",
                (await Expect.ThrowsAsync<JobConfigurationException>(() => host.StartAsync())).Message);
        });

        await canary.CheckAsync("a drain that does not fit the host's shutdown fails the start", async () =>
        {
            var builder = CanaryHost.CreateBuilder(("Worker:DrainTimeout", "00:00:26"));
            var failure = await Expect.ThrowsAsync<JobConfigurationException>(() => CanaryHost.StartAsync(builder));
            Expect.Contains("Jobs:Worker:DrainTimeout is 00:00:26; with 5 s more it does not fit the host's shutdown timeout of 00:00:30", failure.Message);
        });
    }
}
