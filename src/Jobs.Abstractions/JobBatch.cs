using Jobs.Messages;

namespace Jobs;

/// <summary>The batch that a <see cref="BatchAttribute">[Batch]</see> job was called with: who its items are, and which of them failed.</summary>
/// <remarks>Items not failed when the method returns are completed. If the method throws, all fail. Safe for concurrent <see cref="Fail"/> calls on different items.</remarks>
public sealed class JobBatch
{
    private readonly IReadOnlyList<JobMessage> _messages;
    private readonly Exception?[] _failures;

    /// <summary>Makes a batch; called by the runtime.</summary>
    public JobBatch(IReadOnlyList<JobMessage> messages)
    {
        _messages = messages;
        _failures = new Exception?[messages.Count];
    }

    /// <summary>How many items there are.</summary>
    public int Count => _failures.Length;

    /// <summary>The id of an item, for idempotent writes.</summary>
    public JobId GetId(int index) => _messages[index].Id;

    /// <summary>The attempt of an item: 1 plus its recorded failures.</summary>
    public int GetAttempt(int index) => _messages[index].State.Attempt;

    /// <summary>Fails one item; the others are unaffected. The last call for an item counts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public void Fail(int index, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        _failures[index] = exception;
    }

    /// <summary>What an item failed with, or null.</summary>
    public Exception? GetFailure(int index) => _failures[index];
}
