using System.Globalization;
using Jobs.Brokers;

namespace Jobs.Soak;

/// <summary>What a soak showed.</summary>
public sealed record SoakReport
{
    public required int Accepted { get; init; }

    /// <summary>Jobs that never came to their end.</summary>
    public required IReadOnlyList<int> Lost { get; init; }

    /// <summary>Dead letters; there must be none.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>Runs that followed one that had ended: the worker, or the server, was killed before the end was confirmed.</summary>
    public required int RanAgainAfterEnd { get; init; }

    /// <summary>Runs that followed one that was cut off.</summary>
    public required int RanAgainAfterCut { get; init; }

    /// <summary>Runs that ended twice with no kill, of worker or server, between them.</summary>
    public required IReadOnlyList<int> Unexplained { get; init; }

    /// <summary>What happened to each of those.</summary>
    public required IReadOnlyList<string> Timelines { get; init; }

    public required int WorkersKilled { get; init; }

    /// <summary>Workers that were told to stop and ended with an error.</summary>
    public required int WorkersCrashed { get; init; }

    /// <summary>For each restart of the server, how long after it answered again the next job ended.</summary>
    public required IReadOnlyList<TimeSpan> Recoveries { get; init; }

    /// <summary>What the server's memory grew by, from before the first job to after the last, in bytes.</summary>
    public required long MemoryGrowth { get; init; }

    /// <summary>What the broker still has of the jobs, long after all have ended.</summary>
    public required QueueDepth Left { get; init; }

    public TimeSpan Elapsed { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Accepted:N0} jobs accepted, {Lost.Count:N0} lost, {DeadLetters:N0} dead-lettered, in {Elapsed.TotalSeconds:N1} s
        {WorkersKilled} workers killed, {WorkersCrashed} crashed at their end, {Recoveries.Count} restarts of the server{(Recoveries.Count == 0 ? "" : $"; after each the next job ended within {string.Join(", ", Recoveries.Select(static time => $"{time.TotalSeconds:N2} s"))}")}
        run again: {RanAgainAfterCut:N0} cut off by a kill, {RanAgainAfterEnd:N0} ended and not yet confirmed, {Unexplained.Count:N0} unexplained{(Unexplained.Count == 0 ? "" : $" (jobs {string.Join(", ", Unexplained.Take(20))})")}
        left in the queue: {Left.Waiting} waiting, {Left.InFlight} in flight, {Left.Delayed} delayed
        memory of the server: {MemoryGrowth / 1024.0:N0} KiB above the start{string.Concat(Timelines.Take(20).Select(static timeline => $"\n{timeline}"))}
        """);
}
