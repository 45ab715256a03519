using Jobs.Messages;
using Jobs.Stores;

namespace Jobs.Status;

/// <summary>Waits for the records of messages that are about to be sent, and notes their versions in them.</summary>
internal sealed class PendingRecords(JobMessage[] messages) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Before the wait ends, so that nobody has sent them yet.</summary>
    /// <param name="results">One for each message; none if they were not written.</param>
    public void Note(ReadOnlySpan<StoreWriteResult> results)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Written)
            {
                messages[i].State = messages[i].State with { RecordVersion = results[i].Version };
            }
        }
    }
}
