using System.Collections.Concurrent;
using Jobs.Hosting;
using Jobs.Running;
using Jobs.Testing.Recording;

namespace Jobs.Testing.Watching;

/// <summary>Tells when a worker has nothing left to do at the present time of the clock.</summary>
/// <remarks>
/// At rest means: every pump waits and has not been woken, nothing is being settled, nothing unawaited is under way, and every run that
/// holds a permit waits for the clock. Each step away from rest, or back, raises <see cref="ChangeSignal"/>: what is found at rest while
/// its version stays the same is at rest.
/// </remarks>
internal sealed class WorkerWatch(ChangeSignal changes, Recorder recorder) : IWorkerObserver
{
    private readonly ConcurrentDictionary<JobRun, HandlerWatch> _handlers = new();

    /// <summary>The worker; null in a host that only enqueues.</summary>
    public JobWorker? Worker { get; set; }

    public FairGate? Gate => Worker?.Gate;

    public bool IsAtRest()
    {
        if (Worker is not { Gate: { } gate } worker)
        {
            return true;
        }

        return worker.Pending.Count == 0 && gate.Lanes.All(IsAtRest) && AllWaitForClock(gate);
    }

    /// <summary>Takes every run that neither ends nor sets a timer for one that waits for something else.</summary>
    /// <returns>True if there was one.</returns>
    public bool GiveUpOnHandlers()
    {
        var any = false;
        foreach (var (run, handler) in _handlers)
        {
            if (run.Phase == RunPhase.Running && handler.IsCurrent)
            {
                any |= handler.GiveUpOn();
            }
        }

        return any;
    }

    /// <summary>What is in hand, for an error message.</summary>
    public IReadOnlyList<string> DescribeInHand()
    {
        var lines = new List<string>();
        foreach (var lane in Gate?.Lanes ?? [])
        {
            foreach (var run in lane.Slots)
            {
                if (run?.Phase is { } phase and not RunPhase.Free)
                {
                    lines.Add($"'{run.Name}' {run.Id} of queue '{lane.Name}': {Describe(run, phase)}");
                }
            }
        }

        return lines;
    }

    public void Starting(JobRun run)
    {
        var handler = new HandlerWatch(run, changes);
        _handlers[run] = handler;
        HandlerWatch.Current = handler;
    }

    public void Ending(JobRun run) => recorder.Ending(run);

    public void Unanswered(JobRun run) => recorder.Unanswered(run);

    public void LeaseLost(JobRun run) => recorder.Add(run, JobOutcomeKind.LeaseLost);

    public void Abandoned(JobRun run) => recorder.Add(run, JobOutcomeKind.Abandoned);

    public void Changed() => changes.Raise();

    private static bool IsAtRest(QueueLane lane) => lane.Pump switch
    {
        PumpState.Receiving => lane.Receiver is ScriptedReceiver { IsParked: true },
        PumpState.NeedsCredit => lane.Credited.IsWaiting,
        PumpState.Pausing or PumpState.Ended => true,
        _ => false,
    };

    private string Describe(JobRun run, RunPhase phase) => phase switch
    {
        RunPhase.Waiting => run.IsCollecting ? "in an open batch" : "waiting for its turn",
        RunPhase.Running when !_handlers.TryGetValue(run, out var handler) || !handler.IsCurrent => run.Batch is null ? "about to start" : "in a batch",
        RunPhase.Running when _handlers[run].WaitsForClock => "running, and waits for the test's clock",
        RunPhase.Running => "running, and waits for nothing on the test's clock",
        _ => "being settled",
    };

    private bool AllWaitForClock(FairGate gate)
    {
        var waiting = 0;
        foreach (var lane in gate.Lanes)
        {
            foreach (var run in lane.Slots)
            {
                switch (run?.Phase)
                {
                    case RunPhase.Settling or RunPhase.Abandoned:
                        return false;
                    case RunPhase.Running when _handlers.TryGetValue(run!, out var handler) && handler is { IsCurrent: true, WaitsForClock: true }:
                        waiting++;
                        break;
                }
            }
        }

        return waiting == gate.Running;
    }
}
