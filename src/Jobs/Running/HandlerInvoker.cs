using System.Runtime.CompilerServices;
using Jobs.Checkpoints;
using Jobs.Definitions;
using Jobs.Enqueueing;
using Jobs.Messages;
using Jobs.Schedules;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Running;

/// <summary>Calls handlers: at once where they need nothing, else in a scope, with context, middleware and held enqueues.</summary>
internal sealed class HandlerInvoker
{
    private readonly IServiceProvider _services;
    private readonly IServiceScopeFactory _scopes;
    private readonly JobDelegate? _pipeline;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly string _system;
    private readonly bool _keepsResults;
    private readonly ScheduledRuns? _scheduled;
    private readonly CheckpointStore? _checkpoints;

    public HandlerInvoker(
        IServiceProvider services,
        IEnumerable<IJobMiddleware> middleware,
        JobsTelemetry telemetry,
        ILogger logger,
        string system,
        bool keepsResults,
        ScheduledRuns? scheduled = null,
        CheckpointStore? checkpoints = null)
    {
        _services = services;
        _scopes = services.GetRequiredService<IServiceScopeFactory>();
        _telemetry = telemetry;
        _logger = logger;
        _system = system;
        _keepsResults = keepsResults;
        _scheduled = scheduled;
        _checkpoints = checkpoints;
        foreach (var layer in middleware.Reverse())
        {
            JobDelegate next = _pipeline ?? (static context => ((RunContext)context).CallAsync());
            _pipeline = context => layer.InvokeAsync(context, next);
        }
    }

    public ValueTask InvokeAsync(JobRun run)
    {
        var handler = run.Job!.Handler!;
        if (handler.NeedsScope || handler.UsesContext || handler.UsesCheckpoint || handler.Definition.HasResult || _pipeline is not null || IsScheduled(run.Delivery.Message!) || JobsTelemetry.Activities.HasListeners())
        {
            return InvokeInScopeAsync(run, handler, run.Delivery.Message!);
        }

        var invocation = new JobInvocation(_services, handler.UsesCancellation ? run.Token : default);
        return handler.InvokeAsync(run.Delivery.Message!, in invocation);
    }

    public ValueTask InvokeBatchAsync(JobRun lead, BatchItems items) => InvokeInScopeAsync(lead, items.Handler, items[0].Run.Delivery.Message!, items);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask InvokeInScopeAsync(JobRun run, JobHandler handler, JobMessage message, BatchItems? items = null)
    {
        var needsContext = handler.UsesContext || _pipeline is not null;
        var token = needsContext || handler.UsesCancellation ? run.Token : default;
        var enqueues = new EnqueueScope(message, isBatch: items is { Count: > 1 });
        EnqueueScope.Current = enqueues;
        IAsyncDisposable? tick = null;
        try
        {
            if (items is null && IsScheduled(message) && (tick = await _scheduled!.BeginAsync(message.Id, run.Token).ConfigureAwait(false)) is null)
            {
                return;
            }

            if (handler.UsesCheckpoint)
            {
                run.Checkpoint = await OpenCheckpointAsync(run, handler, message).ConfigureAwait(false);
            }

            run.KeepSpan(JobSpans.StartRun(message, run.Lane.Name, _system));
            using var logScope = _logger.IsEnabled(LogLevel.Critical) ? Log.BeginRun(_logger, message.Id, message.Name, message.State.Attempt, run.Lane.Name) : null;
            var scope = handler.NeedsScope || needsContext ? _scopes.CreateAsyncScope() : default(AsyncServiceScope?);
            try
            {
                var services = scope?.ServiceProvider ?? _services;
                var context = needsContext
                    ? new RunContext(run, message, message.Attributes.MaxAttempts ?? run.Job!.Settings.MaxAttempts, services, token)
                    : null;
                run.Result = handler.Definition.HasResult && _keepsResults ? new ResultBuffer() : null;
                var invocation = new JobInvocation(services, token, context, items?.Batch, run.Result, run.Checkpoint);
                if (_pipeline is null || context is null)
                {
                    await CallAsync(handler, message, items, in invocation).ConfigureAwait(false);
                }
                else
                {
                    context.Prepare(handler, message, items, in invocation);
                    await _pipeline(context).ConfigureAwait(false);
                }
            }
            catch (Exception) when (scope is not null)
            {
                await CloseFailedAsync(scope.Value, run).ConfigureAwait(false);
                throw;
            }

            if (scope is { } opened)
            {
                // The last act of a service may be the one that matters, a flush for instance: what it throws fails the run.
                await opened.DisposeAsync().ConfigureAwait(false);
            }

            if (tick is not null)
            {
                await _scheduled!.CompleteAsync(message.Id).ConfigureAwait(false);
            }

            var held = enqueues.Complete();
            run.Held = held;
            if (held is { HasKeys: true })
            {
                held.MayRepeat = run.Delivery.Deliveries > 1;
            }
        }
        catch
        {
            enqueues.Discard();
            throw;
        }
        finally
        {
            if (tick is not null)
            {
                await tick.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // A synchronous one is on a thread of its own, which may wait and is to stay on it.
    private ValueTask<RunCheckpoint> OpenCheckpointAsync(JobRun run, JobHandler handler, JobMessage message)
    {
        var opening = _checkpoints!.OpenAsync(run, message);
        return handler.IsSynchronous && !opening.IsCompleted ? new(opening.AsTask().GetAwaiter().GetResult()) : opening;
    }

    private bool IsScheduled(JobMessage message) => _scheduled is not null && message.Attributes.Schedule is not null;

    // What the handler threw says how the run ends; what its services throw on top of that is only told.
    private async ValueTask CloseFailedAsync(AsyncServiceScope scope, JobRun run)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _telemetry.ErrorSwallowed("scope");
            Log.ScopeNotDisposed(_logger, exception, run.Name, run.Id);
        }
    }

    internal static ValueTask CallAsync(JobHandler handler, JobMessage message, BatchItems? items, in JobInvocation invocation) =>
        items is null ? handler.InvokeAsync(message, in invocation) : items.Buffer.InvokeAsync(in invocation);
}
