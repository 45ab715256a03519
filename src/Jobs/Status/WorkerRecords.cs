using System.Runtime.InteropServices;
using Jobs.Messages;
using Jobs.Results;
using Jobs.Running;
using Jobs.Settling;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Status;

/// <summary>What a worker tells the store of its runs.</summary>
/// <remarks>
/// <para>How a run ended is written before the broker is told. The other order could leave a job "running" for ever: a worker that dies in
/// between has told the broker that the job is done, and nobody will touch its record again.</para>
/// <para>A worker that dies in this order leaves a record that is ahead of the broker. The job is delivered again, and the next worker reads the
/// record first (<see cref="HasEndedAsync"/>): "succeeded" of this copy is completed, not run, unless it held jobs that went under with the
/// worker. Whatever runs instead overwrites the record, for its delivery is a later one. So "succeeded" is never said of a job that runs
/// again behind its back.</para>
/// <para>A result is part of success: without it the run has failed. Status is not: it is written when the store is back.</para>
/// </remarks>
internal sealed class WorkerRecords
{
    /// <summary>Runs shorter than this are not told as running: most have ended before anybody could look.</summary>
    private static readonly TimeSpan RunningAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(2);

    private readonly IJobStore _store;
    private readonly StatusRecorder? _status;
    private readonly TimeSpan _resultRetention;
    private readonly JobsTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RecordWriter _writer;
    private readonly long _runningAfter;

    public WorkerRecords(IJobStore store, StatusRecorder? status, TimeSpan resultRetention, JobsTelemetry telemetry, TimeProvider time, ILogger logger)
    {
        (_store, _status, _resultRetention, _telemetry, _time, _logger) = (store, status, resultRetention, telemetry, time, logger);
        _writer = new RecordWriter(store, static (run, _, error) => ((JobRun)run).Lane.Runner.OnRecorded((JobRun)run, error), telemetry, time, logger);
        _runningAfter = (long)(RunningAfter.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>True if every job has a record.</summary>
    public bool KeepsStatus => _status is not null;

    /// <summary>Notes what the records of a run will say, while its message is there. Only if status is kept.</summary>
    public static void Begin(JobRun run) => run.Facts ??= FactsOf(run);

    /// <summary>Notes that the handler is called.</summary>
    public void Started(JobRun run)
    {
        if (run.Facts is { } facts)
        {
            facts.StartedAt = _time.GetUtcNow();
        }
    }

    /// <summary>Writes that a run is running, or what progress it has made. Called by the keeper every 100 ms, which also coalesces progress.</summary>
    public void Tick(JobRun run, long ticket, long elapsed)
    {
        // A batch is as old as its first item.
        var batch = run.Batch;
        for (var i = 0; i < (batch?.Count ?? 1); i++)
        {
            var item = batch is null ? run : batch[i];
            if (_status is not null && item.Facts is { } facts && run.IsSame(ticket)
                && (facts.IsRunningWritten ? !ReferenceEquals(facts.Progress, facts.WrittenProgress) : elapsed >= _runningAfter || facts.Progress is not null))
            {
                _writer.Add([_status.Running(facts)], owner: null, mayBeLate: false);
            }
        }
    }

    /// <summary>Takes a run whose outcome is set, if something of it is to be written first: then it comes back by <see cref="JobRunner.OnRecorded"/>.</summary>
    public bool TryTake(JobRun run)
    {
        var outcome = run.Outcome!;
        var hasResult = run.Result is not null && ReferenceEquals(outcome, Outcome.Succeeded);
        if ((_status is null && !hasResult) || run.Delivery.Message is not { } message)
        {
            return false;
        }

        run.EndedAt = _time.GetTimestamp();
        var facts = run.Facts ?? FactsOf(run)!;
        var held = outcome.Kind == OutcomeKind.Succeeded ? run.Held : null;

        // What was handed back without having been told as running still is told as waiting.
        var keepsStatus = _status is not null && !facts.IsTold && (outcome.Kind != OutcomeKind.Released || facts.IsRunningWritten);
        if (keepsStatus && !hasResult && held is null)
        {
            var ended = _status!.Ended(facts, outcome, held: 0);
            _writer.Add(new ReadOnlySpan<StoreWrite>(in ended), run, mayBeLate: true);
            return true;
        }

        var writes = new List<StoreWrite>();
        if (hasResult)
        {
            writes.Add(new StoreWrite
            {
                Key = ResultRecord.KeyOf(message.Id),
                Value = ResultRecord.EncodeSucceeded(run.Result!.Json.Span),
                Condition = facts.Fence(StatusPhase.Ended),
                LikelyVersion = facts.IsFirstRun ? 0 : null,
                Expiry = _resultRetention,
            });
        }

        if (keepsStatus)
        {
            for (var i = 0; i < held?.Count; i++)
            {
                writes.Add(_status!.Pending(held[i]));
            }

            writes.Add(_status!.Ended(facts, outcome, held?.Count ?? 0));
        }

        if (writes.Count == 0)
        {
            return false;
        }

        _writer.Add(CollectionsMarshal.AsSpan(writes), run, mayBeLate: !hasResult);
        return true;
    }

    /// <summary>Stores why a job has no result, once the broker knows.</summary>
    public async Task StoreFailureAsync(JobId id, string name, long order, byte[] record)
    {
        try
        {
            using var patience = OwnTimeout.After(ReadPatience, _time);
            await _store.PutAsync(ResultRecord.KeyOf(id), record, StoreCondition.IfNotNewer(order), _resultRetention, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _telemetry.ErrorSwallowed("result");
            Log.ResultNotStored(_logger, exception, name, id);
        }
    }

    /// <summary>True if the record of a redelivered job says that this very copy has ended, and nothing of it was lost with its worker.</summary>
    /// <remarks>A store that does not answer says no: then the job runs again, as without a store.</remarks>
    public async ValueTask<bool> HasEndedAsync(StatusFacts facts)
    {
        try
        {
            using var patience = OwnTimeout.After(ReadPatience, _time);
            var entry = await _store.GetAsync(StatusRecord.KeyOf(facts.Id), patience.Token).ConfigureAwait(false);
            return entry is not null
                && StatusFacts.CopyOf(entry.Order) == facts.Copy
                && StatusRecord.TryDecode(entry, out var status, out var held)
                && held == 0
                && status.State == Monitoring.JobState.Succeeded;
        }
        catch (Exception)
        {
            _telemetry.ErrorSwallowed("record");
            return false;
        }
    }

    /// <summary>The fence of what is told of a run's end.</summary>
    public static long OrderOf(JobRun run) => (run.Facts ?? FactsOf(run))?.Order(StatusPhase.Ended) ?? 0;

    private static StatusFacts? FactsOf(JobRun run) =>
        run.Delivery.Message is { } message ? new StatusFacts(message, run.Delivery.Deliveries, run.Job?.Settings.MaxAttempts) : null;
}
