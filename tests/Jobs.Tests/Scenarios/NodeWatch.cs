using System.Collections.Concurrent;
using Jobs.Hosting;
using Jobs.Running;

namespace Jobs.Tests.Scenarios;

/// <summary>Tells when a node has nothing left to do at the present time of the clock, and raises whenever that may have changed.</summary>
internal sealed class NodeWatch(Changes changes) : IWorkerObserver
{
    private static readonly AsyncLocal<Mark?> Current = new();
    private readonly ConcurrentDictionary<JobRun, Mark> _marks = new();

    /// <summary>Runs the script of a handler, in the flow of its run.</summary>
    public Task RunAsync(Func<Task> script)
    {
        var run = new ScriptRun(changes);
        Current.Value!.Script = run;
        return run.RunAsync(script);
    }

    /// <summary>True if all pumps wait for deliveries, and all else in hand waits in scripts or for the clock.</summary>
    public bool IsAtRest(JobWorker worker) => worker.Pending.Count == 0 && worker.Gate!.Lanes.All(IsAtRest) && OnlyScriptsWait(worker.Gate);

    /// <summary>True if whatever runs or is being settled waits in a script.</summary>
    public bool OnlyScriptsWait(FairGate gate)
    {
        var waiting = 0;
        foreach (var lane in gate.Lanes)
        {
            foreach (var run in lane.Slots)
            {
                switch (run?.Phase)
                {
                    case RunPhase.Settling or RunPhase.Abandoned when lane.Receiver is not ProbeBroker.Receiver { IsSettlingInScript: true }:
                        return false;
                    case RunPhase.Running when _marks.TryGetValue(run!, out var mark) && run!.IsSame(mark.Ticket) && mark.Script is { IsWaiting: true }:
                        waiting++;
                        break;
                }
            }
        }

        return waiting == gate.Running;
    }

    public void Starting(JobRun run)
    {
        var mark = new Mark(run.Ticket);
        _marks[run] = mark;
        Current.Value = mark;
    }

    public void Ending(JobRun run)
    {
    }

    public void Unanswered(JobRun run) => changes.Raise();

    public void LeaseLost(JobRun run) => changes.Raise();

    public void Abandoned(JobRun run) => changes.Raise();

    public void Changed() => changes.Raise();

    private static bool IsAtRest(QueueLane lane) => lane.Pump switch
    {
        PumpState.Receiving => lane.Receiver is ProbeBroker.Receiver { IsParked: true },
        PumpState.NeedsCredit => lane.Credited.IsWaiting,
        PumpState.Pausing or PumpState.Ended => true,
        _ => false,
    };

    private sealed class Mark(long ticket)
    {
        private volatile ScriptRun? _script;

        public long Ticket => ticket;

        public ScriptRun? Script
        {
            get => _script;
            set => _script = value;
        }
    }
}
