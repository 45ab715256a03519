using System.Diagnostics.CodeAnalysis;
using Jobs.Definitions;
using Jobs.Serialization;

namespace Jobs;

/// <summary>How far a job has come, kept in the store so that its next run resumes from there. Take one as a parameter of the job.</summary>
/// <remarks>
/// <para>The checkpoint belongs to the job's id: every attempt, copy and replay finds what the last one saved. It is deleted when the job has
/// succeeded or is cancelled, and expires <c>Jobs:CheckpointRetention</c> (7 days) after it was saved, not counting the time that a retry waits.</para>
/// <para>Between a step and its checkpoint a worker may die, so that the step is repeated: steps are idempotent, as jobs are.</para>
/// <para>Valid while the handler runs. Not for concurrent use.</para>
/// </remarks>
/// <typeparam name="T">What is saved: anything that may be a job's payload.</typeparam>
public sealed class JobCheckpoint<T>
{
    private readonly IJobCheckpointSlot? _slot;
    private readonly CheckpointSerializer<T>? _serializer;
    private bool _isKept;
    private T? _kept;

    /// <summary>A checkpoint of nothing, for tests that call a job's method: it keeps in memory what is saved.</summary>
    public JobCheckpoint()
    {
    }

    /// <summary>A checkpoint for tests that call a job's method: what an earlier run saved.</summary>
    public JobCheckpoint(T saved)
    {
        _kept = saved;
        _isKept = true;
    }

    /// <summary>The checkpoint of a run; called by generated code.</summary>
    public JobCheckpoint(IJobCheckpointSlot slot, CheckpointSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(slot);
        ArgumentNullException.ThrowIfNull(serializer);
        (_slot, _serializer) = (slot, serializer);
    }

    /// <summary>What was saved last, by this run or by one before. Read before the handler was called, so this asks nobody.</summary>
    /// <param name="value">A value of its own for each call.</param>
    /// <returns>False if nothing was saved, or it has expired, or it is of another shape than <typeparamref name="T"/> by now: that is logged, and the job
    /// starts over.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _kept;
        if (_slot is not { Saved: { } json })
        {
            return _isKept;
        }

        try
        {
            value = JobJson.ReadCheckpoint(_serializer!, json.Span);
            return true;
        }
        catch (JobPayloadException error)
        {
            value = default;
            _slot.Drop(error);
            return false;
        }
    }

    /// <summary>Saves how far the job has come, in place of what was saved before. Once this has ended, the next run finds it.</summary>
    /// <param name="value">What to save; not kept, so it may change afterwards.</param>
    /// <param name="cancellationToken">Ends the wait; the checkpoint may or may not have been saved. The job's own token does not: on its way out a cancelled run may
    /// still save.</param>
    /// <exception cref="JobCheckpointException">The store is away, did not answer within 5 s, or the value is too large for it.</exception>
    /// <exception cref="JobPayloadException">The value cannot be written (a null that may not be, NaN, too deep).</exception>
    /// <exception cref="OperationCanceledException">The job belongs to another worker by now: its lease was lost, and so the job's token is cancelled. Nothing was
    /// saved. Or <paramref name="cancellationToken"/> ended the wait.</exception>
    /// <exception cref="InvalidOperationException">The run has ended.</exception>
    public ValueTask SaveAsync(T value, CancellationToken cancellationToken = default)
    {
        if (_slot is not null)
        {
            return _slot.SaveAsync(JobJson.WriteCheckpoint(_serializer!, value), cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        _kept = value;
        _isKept = true;
        return default;
    }
}
