using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Running;

/// <summary>Jobs, settings and messages as tests of the worker's parts need them.</summary>
internal static class TestJobs
{
    private static int _ids;

    public static JobSettings Settings { get; } = new()
    {
        MaxAttempts = 5,
        MaxCrashes = 3,
        Backoff = TimeSpan.FromSeconds(1),
        MaxBackoff = TimeSpan.FromHours(1),
        Timeout = TimeSpan.FromMinutes(30),
        HardTimeoutGrace = TimeSpan.FromMinutes(1),
        Priority = JobPriority.Normal,
        RetryOn = [],
        NoRetryOn = [],
        FailureRules = new FailureRuleSet([], new Dictionary<string, FailureStrategy>()),
        Batch = null,
    };

    public static JobRegistration Job(Func<NumberArgs, JobInvocation, ValueTask> script, JobSettings? settings = null, string queue = "default") =>
        new(NumberArgs.Definition, new ScriptHandler<NumberArgs>(NumberArgs.Definition, script) { UsesCancellation = true, Location = "Jobs.Tests.NumberJobs.Run" }, queue, settings ?? Settings);

    public static JobRegistration BatchJob(Func<IReadOnlyList<NumberArgs>, JobInvocation, ValueTask> script, int size, TimeSpan window, string queue = "default") =>
        new(
            NumberArgs.Definition,
            new ScriptBatchHandler<NumberArgs>(NumberArgs.Definition, script) { UsesCancellation = true, Location = "Jobs.Tests.NumberJobs.Run" },
            queue,
            Settings with { Batch = new BatchPolicy(size, window) });

    public static JobMessage Message(int value = 0, MessageState? state = null, MessageAttributes? attributes = null)
    {
        var message = JobMessage<NumberArgs>.Rent(NumberArgs.Definition, new NumberArgs(value));
        message.Id = JobId.Parse($"test-{Interlocked.Increment(ref _ids)}");
        message.State = state ?? MessageState.Initial;
        message.Attributes = attributes ?? MessageAttributes.None;
        return message;
    }
}
