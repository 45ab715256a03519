namespace Jobs.Soak;

/// <summary>Reads the logs of all workers, and explains every run beyond the first of each job.</summary>
/// <param name="kills">Of workers.</param>
/// <param name="outages">Of the server.</param>
/// <param name="retriesInTwoSteps">Whether the broker writes the copy of a retry and removes the failed one in two steps.</param>
internal sealed class SoakAudit(IReadOnlyList<Kill> kills, IReadOnlyList<Outage> outages, bool retriesInTwoSteps)
{
    private readonly Dictionary<int, List<Run>> _runs = [];

    public int RanAgainAfterEnd { get; private set; }

    public int RanAgainAfterCut { get; private set; }

    public List<int> Unexplained { get; } = [];

    public List<long> Ends { get; } = [];

    public void Read(int worker, string log)
    {
        foreach (var line in RunLog.Read(log))
        {
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
                Explain(job, runs[0], runs[i - 1], runs[i]);
            }
        }
    }

    private void Explain(int job, Run first, Run earlier, Run later)
    {
        if (earlier.Outcome == 'f')
        {
            return;
        }

        var from = earlier.Outcome == 'e' ? earlier.EndedAt : earlier.StartedAt;
        var isKilled = kills.Any(kill => kill.Worker == earlier.Worker && kill.At >= from && kill.At <= later.StartedAt);
        // What the server was not told before it died, it hands out again; a lease runs on while it is away.
        // Between two steps, a run that failed may come again by that, too, after its retry has ended.
        var since = retriesInTwoSteps && first.Outcome == 'f' ? first.StartedAt : from;
        var isOutage = outages.Any(outage => outage.Until >= since && outage.From <= later.StartedAt);
        if (!isKilled && !isOutage)
        {
            Unexplained.Add(job);
        }
        else if (earlier.Outcome == 'e')
        {
            RanAgainAfterEnd++;
        }
        else
        {
            RanAgainAfterCut++;
        }
    }

    private sealed class Run(int worker, long startedAt)
    {
        public int Worker => worker;

        public long StartedAt => startedAt;

        /// <summary>As in the log; blank for a run that was cut off.</summary>
        public char Outcome { get; set; } = ' ';

        public long EndedAt { get; set; }
    }
}
