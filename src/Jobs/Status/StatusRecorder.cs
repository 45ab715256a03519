using System.Collections.Concurrent;
using Jobs.Hosting;
using Jobs.Messages;
using Jobs.Monitoring;
using Jobs.Settling;
using Jobs.Stores;
using Jobs.Telemetry;

namespace Jobs.Status;

/// <summary>Makes the records of jobs, each with its fence, its index (by job and state) and its expiry. Safe for concurrent use.</summary>
internal sealed class StatusRecorder(StatusOptions options, TimeProvider time, string? worker)
{
    // A job that nobody has run for so long is not waited for by anybody.
    private static readonly TimeSpan LivingRetention = TimeSpan.FromDays(30);

    // More jobs than any host knows: what comes beyond them are names that nobody knows, and there is no end of those.
    private const int MostNames = 10_000;

    private readonly ConcurrentDictionary<string, StoreIndex?[]> _indexes = new(StringComparer.Ordinal);

    /// <summary>The name of the index of a job's records in a state.</summary>
    public static string IndexOf(string name, JobState state) => $"jobs:{name}:{StatusRecord.NameOf(state)}";

    /// <summary>The job was accepted, or will be together with its parent's success.</summary>
    public StoreWrite Pending(JobMessage message)
    {
        var facts = new StatusFacts(message, deliveries: 0, maxAttempts: null);
        return Write(facts, StatusPhase.Waiting, likelyVersion: null, new StatusDetails(JobState.Pending) { Due = facts.Due });
    }

    /// <summary>The job has been running for a while, or has made progress.</summary>
    public StoreWrite Running(StatusFacts facts)
    {
        var likelyVersion = facts.LikelyVersion;
        facts.IsRunningWritten = true;
        facts.WrittenProgress = facts.Progress;
        return Write(facts, StatusPhase.Running, likelyVersion, new StatusDetails(JobState.Running) { Worker = worker });
    }

    /// <summary>A run has ended.</summary>
    /// <param name="facts">What is known of it.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="held">How many jobs it enqueued that are sent with its success.</param>
    public StoreWrite Ended(StatusFacts facts, Outcome outcome, int held)
    {
        var settlement = outcome.Settlement;
        var (state, reason) = outcome.Kind switch
        {
            OutcomeKind.Succeeded => (JobState.Succeeded, null),
            OutcomeKind.NotFound => (JobState.Succeeded, Outcomes.NotFound),
            OutcomeKind.Retried => (JobState.Retrying, null),
            OutcomeKind.Deferred => (JobState.Deferred, null),
            OutcomeKind.Released => (JobState.Pending, null),
            OutcomeKind.DeadLettered => (JobState.DeadLettered, settlement.Reason),
            OutcomeKind.Expired => (JobState.Cancelled, Outcomes.Expired),
            OutcomeKind.Conflict => (JobState.Cancelled, Outcomes.Conflict),
            _ => (JobState.Cancelled, Outcomes.Cancelled),
        };
        return Write(facts, StatusPhase.Ended, facts.LikelyVersion, new StatusDetails(state)
        {
            Due = settlement.Due,
            EndedAt = time.GetUtcNow(),
            Worker = worker,
            Reason = reason,
            Error = settlement.Failure?.Message ?? settlement.Error,
            Held = held,
        });
    }

    /// <summary>A record that was read, in another state; the fence stays as it is.</summary>
    public StoreWrite Changed(StoreEntry entry, JobStatus status) => new()
    {
        Key = entry.Key,
        Value = StatusRecord.Encode(status),
        Condition = StoreCondition.IfVersion(entry.Version),
        Expiry = ExpiryOf(status.State, status.Due),
        Index = IndexFor(status.Name, status.State),
    };

    private StoreWrite Write(StatusFacts facts, StatusPhase phase, long? likelyVersion, in StatusDetails details) => new()
    {
        Key = StatusRecord.KeyOf(facts.Id),
        Value = StatusRecord.Encode(facts, details),
        Condition = facts.Fence(phase),
        LikelyVersion = likelyVersion,
        Expiry = ExpiryOf(details.State, details.Due),
        Index = IndexFor(facts.Name, details.State),
    };

    private TimeSpan ExpiryOf(JobState state, DateTimeOffset? due)
    {
        if (state is JobState.Succeeded or JobState.DeadLettered or JobState.Cancelled)
        {
            return options.Retention;
        }

        var wait = due - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait.Value + LivingRetention : LivingRetention;
    }

    private StoreIndex IndexFor(string name, JobState state)
    {
        if (!_indexes.TryGetValue(name, out var indexes))
        {
            indexes = new StoreIndex?[(int)JobState.Cancelled + 1];
            if (_indexes.Count < MostNames)
            {
                indexes = _indexes.GetOrAdd(name, indexes);
            }
        }

        return indexes[(int)state] ??= new StoreIndex(IndexOf(name, state), state switch
        {
            JobState.Succeeded => options.KeepSucceeded,
            JobState.DeadLettered or JobState.Cancelled => options.KeepFailed,
            _ => int.MaxValue,
        });
    }
}
