using System.Buffers;

namespace Jobs.Messages;

/// <summary>What has happened to a job so far: the mutable part of a message. Immutable; each new copy has a new one.</summary>
/// <remarks>Encoded as a JSON document of at most <see cref="MaxBytes"/> bytes of ASCII: <c>docs/wire-format.md</c>.</remarks>
public sealed record MessageState
{
    /// <summary>The largest encoded state, in bytes.</summary>
    public const int MaxBytes = 24 * 1024;

    /// <summary>How many of the first, and of the last, failures are kept.</summary>
    public const int KeptFailures = 8;

    /// <summary>The state of a message just enqueued; not on the wire.</summary>
    public static MessageState Initial { get; } = new();

    /// <summary>How often a new copy replaced an old one; never reset.</summary>
    public int Copy { get; init; }

    /// <summary>1 plus the failures recorded since the job was enqueued or replayed.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Crashes of earlier copies.</summary>
    public int Crashes { get; init; }

    /// <summary>The time before which this copy does not run, or null.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When a worker first met this job without knowing its name or version, or null.</summary>
    public DateTimeOffset? UnknownSince { get; init; }

    /// <summary>The first and last failures, in order.</summary>
    public IReadOnlyList<JobFailure> Failures { get; init; } = [];

    /// <summary>How many failures in the middle were left out.</summary>
    public int OmittedFailures { get; init; }

    /// <summary>The version of the job's record in the store as its producer wrote it, where that saves a look; 0: not known. Only of what was just
    /// enqueued: what happens to a job is written to its record.</summary>
    internal long RecordVersion { get; init; }

    /// <summary>True if nothing has happened to the job yet.</summary>
    internal bool IsNew =>
        ReferenceEquals(this, Initial) || this is { Copy: 0, Attempt: 1, Crashes: 0, Due: null, UnknownSince: null, Failures.Count: 0, OmittedFailures: 0 };

    /// <summary>The state of the copy after a failure: attempt + 1, the failure recorded.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="due">When it runs again.</param>
    /// <param name="deliveries">How often the old copy was delivered; those beyond the first were crashes.</param>
    public MessageState AfterRetry(JobFailure failure, DateTimeOffset? due, int deliveries) =>
        Record(failure) with { Copy = Copy + 1, Attempt = Attempt + 1, Crashes = CrashesAfter(deliveries), Due = due, UnknownSince = null, RecordVersion = 0 };

    /// <summary>The state of the copy after a deferral: nothing recorded.</summary>
    public MessageState AfterDefer(DateTimeOffset? due, int deliveries) =>
        this with { Copy = Copy + 1, Crashes = CrashesAfter(deliveries), Due = due, RecordVersion = 0 };

    /// <summary>The state of the copy after a release: at once, nothing recorded.</summary>
    public MessageState AfterRelease(int deliveries) => AfterDefer(null, deliveries);

    /// <summary>The state in a dead letter: the same copy, the last failure recorded.</summary>
    public MessageState AfterDeath(JobFailure? failure, int deliveries) =>
        (failure is null ? this : Record(failure)) with { Crashes = CrashesAfter(deliveries), Due = null, RecordVersion = 0 };

    /// <summary>The state of a replayed dead letter: attempts and crashes start anew, the history stays.</summary>
    public MessageState AfterReplay() =>
        this with { Copy = Copy + 1, Attempt = 1, Crashes = 0, Due = null, UnknownSince = null, RecordVersion = 0 };

    /// <summary>Crashes up to now: those of earlier copies, and this copy's deliveries beyond the first.</summary>
    public int CrashesAfter(int deliveries) => Crashes + Math.Max(0, deliveries - 1);

    /// <summary>Writes the state as JSON in ASCII; nothing for the initial one.</summary>
    public void WriteTo(IBufferWriter<byte> output) => MessageStateJson.Write(this, output);

    private MessageState Record(JobFailure failure)
    {
        // A state that somebody else wrote may hold any number.
        var omitted = Math.Max(0, Failures.Count + 1 - (2 * KeptFailures));
        var failures = new List<JobFailure>(Failures.Count + 1 - omitted);
        for (var i = 0; i < Failures.Count; i++)
        {
            if (i < KeptFailures || i >= KeptFailures + omitted)
            {
                var earlier = Failures[i];
                failures.Add(earlier.Stack is null ? earlier : earlier with { Stack = null });
            }
        }

        failures.Add(failure);
        return this with { Failures = failures, OmittedFailures = OmittedFailures + omitted };
    }
}
