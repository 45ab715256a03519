using System.Globalization;

namespace Jobs.Soak;

/// <summary>Reads the logs of all workers, and explains every run beyond the first of each job.</summary>
/// <param name="kills">Of workers.</param>
/// <param name="outages">Of the server.</param>
/// <param name="retriesInTwoSteps">Whether the broker writes the copy of a retry and removes the failed one in two steps.</param>
/// <param name="forgotten">How long a worker may have had a job in hand, and not begun, of which a server that is killed forgets that it handed it out; zero if it forgets none.</param>
internal sealed class SoakAudit(IReadOnlyList<Kill> kills, IReadOnlyList<Outage> outages, bool retriesInTwoSteps, TimeSpan forgotten)
{
    // Longer than the settlement of a run takes that nothing gets in the way of.
    private const long Settling = 1_000;

    private readonly Dictionary<int, List<Run>> _runs = [];
    private readonly Dictionary<int, long> _firstHeardOf = [];

    public int RanAgainAfterEnd { get; private set; }

    public int RanAgainAfterCut { get; private set; }

    public List<int> Unexplained { get; } = [];

    public List<long> Ends { get; } = [];

    public void Read(int worker, string log)
    {
        foreach (var line in RunLog.Read(log))
        {
            _firstHeardOf.TryAdd(worker, line.At);
            if (!_runs.TryGetValue(line.Number, out var runs))
            {
                _runs[line.Number] = runs = [];
            }

            if (line.What == 's')
            {
                runs.Add(new Run(worker, line.At));
                continue;
            }

            var run = runs.FindLast(run => run.Worker == worker)!;
            (run.Outcome, run.EndedAt) = (line.What, line.At);
            if (line.What == 'e')
            {
                Ends.Add(line.At);
            }
        }
    }

    public bool HasEnded(int job) => _runs.TryGetValue(job, out var runs) && runs.Exists(static run => run.Outcome == 'e');

    public void Explain()
    {
        foreach (var (job, runs) in _runs)
        {
            runs.Sort(static (left, right) => left.StartedAt.CompareTo(right.StartedAt));
            for (var i = 1; i < runs.Count; i++)
            {
                Explain(job, runs[..i], runs[i]);
            }
        }
    }

    /// <summary>Everything that is known to have happened to a job, in its order, a line each.</summary>
    public string TimelineOf(int job)
    {
        var runs = _runs[job];
        var begun = runs[0].StartedAt;
        var last = runs.Max(static run => Math.Max(run.StartedAt, run.EndedAt));
        var events = runs.Select(static run => (At: run.StartedAt, What: $"worker {run.Worker} starts it"))
            .Concat(runs.Where(static run => run.Outcome != ' ').Select(static run => (At: run.EndedAt, What: $"worker {run.Worker} {(run.Outcome == 'e' ? "ends it" : "fails")}")))
            .Concat(kills.Where(kill => runs.Exists(run => run.Worker == kill.Worker)).Select(static kill => (kill.At, What: $"worker {kill.Worker} is killed")))
            .Concat(outages.Where(outage => outage.From <= last).SelectMany(static outage => new[] { (At: outage.From, What: "the server is killed"), (At: outage.Until, What: "the server is back") }));
        return string.Join('\n', events.OrderBy(static happened => happened.At)
            .Select(happened => string.Create(CultureInfo.InvariantCulture, $"job {job} {happened.At - begun,7:+0;-0} ms  {happened.What}")));
    }

    private void Explain(int job, List<Run> earlier, Run later)
    {
        var last = earlier[^1];
        if (last.Outcome == 'f')
        {
            return;
        }

        // Between two steps, a run that failed comes again beside its copy, which may have ended by then: its second step was cut off.
        // What the server was not told before it died, it hands out again; a lease runs on while it is away.
        if (!IsCut(last, later.StartedAt) && !(retriesInTwoSteps && earlier.Exists(run => run.Outcome == 'f' && IsCut(run, Math.Min(run.EndedAt + Settling, later.StartedAt)))))
        {
            if (!Unexplained.Contains(job))
            {
                Unexplained.Add(job);
            }
        }
        else if (last.Outcome == 'e')
        {
            RanAgainAfterEnd++;
        }
        else
        {
            RanAgainAfterCut++;
        }
    }

    // Its worker, or the server, was killed before it could be settled.
    private bool IsCut(Run run, long until)
    {
        var from = run.Outcome == ' ' ? run.StartedAt : run.EndedAt;
        return kills.Any(kill => kill.Worker == run.Worker && kill.At >= from && kill.At <= until)
            || outages.Any(outage => outage.From <= until && (outage.Until >= from || IsForgotten(run, outage)));
    }

    // The run began when the server was back; but its worker had perhaps been handed the job before it was killed, and the server hands it out once more.
    private bool IsForgotten(Run run, Outage outage) =>
        run.StartedAt <= outage.From + forgotten.TotalMilliseconds && forgotten > TimeSpan.Zero && _firstHeardOf[run.Worker] < outage.From;

    private sealed class Run(int worker, long startedAt)
    {
        public int Worker => worker;

        public long StartedAt => startedAt;

        /// <summary>As in the log; blank for a run that was cut off.</summary>
        public char Outcome { get; set; } = ' ';

        public long EndedAt { get; set; }
    }
}
