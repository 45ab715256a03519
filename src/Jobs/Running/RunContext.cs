using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Monitoring;
using Jobs.Status;

namespace Jobs.Running;

/// <summary>The context of one run. Holds what it tells, because a message is no longer the run's once it is settled.</summary>
internal sealed class RunContext(JobRun run, JobMessage message, int maxAttempts, IServiceProvider services, CancellationToken token) : JobContext
{
    private readonly MessageAttributes _attributes = message.Attributes;
    private readonly StatusFacts? _facts = run.Facts;
    private Dictionary<object, object?>? _items;
    private JobHandler? _handler;
    private JobMessage? _message;
    private BatchItems? _batch;
    private JobInvocation _invocation;

    public override JobId Id { get; } = message.Id;

    public override string Name { get; } = message.Name;

    public override string Queue { get; } = run.Lane.Name;

    public override int Attempt { get; } = message.State.Attempt;

    public override int MaxAttempts { get; } = maxAttempts;

    public override int Crashes { get; } = message.State.CrashesAfter(run.Delivery.Deliveries);

    public override DateTimeOffset EnqueuedAt { get; } = message.EnqueuedAt;

    public override string? CorrelationId => _attributes.CorrelationId;

    public override JobId? ParentId => _attributes.ParentId;

    public override string? Tenant => _attributes.Tenant;

    public override IReadOnlyDictionary<string, string> Headers => _attributes.Headers;

    public override string? Schedule => _attributes.Schedule;

    public override DateTimeOffset? Tick => _attributes.Tick;

    public override CancellationToken CancellationToken => token;

    public override IServiceProvider Services => services;

    public override IDictionary<object, object?> Items => _items ??= [];

    public override void ReportProgress(long current, long? total = null, string? message = null)
    {
        if (_facts is not null)
        {
            _facts.Progress = new JobProgress(current, total, message);
        }
    }

    /// <summary>Leaves the handler at the end of the pipeline.</summary>
    public void Prepare(JobHandler handler, JobMessage toHandle, BatchItems? items, in JobInvocation invocation) =>
        (_handler, _message, _batch, _invocation) = (handler, toHandle, items, invocation);

    /// <summary>Calls the handler.</summary>
    public ValueTask CallAsync() => HandlerInvoker.CallAsync(_handler!, _message!, _batch, in _invocation);
}
