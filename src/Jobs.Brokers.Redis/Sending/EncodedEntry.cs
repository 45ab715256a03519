namespace Jobs.Brokers.Redis.Sending;

/// <summary>Where one message lies in the buffer of its operation: its dedupe id, its state, its document, one after the other.</summary>
/// <param name="Index">Its place in what the caller sent.</param>
/// <param name="Flags">As the script takes them: the level (1 highest), 8 deduplicate, 16 exempt from the queue's limit.</param>
/// <param name="Due">When it is due, in Unix milliseconds; 0 for now.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="IdLength">The length of the id; 0 where none is needed.</param>
/// <param name="StateLength">The length of the state.</param>
/// <param name="DocumentLength">The length of the document.</param>
internal readonly record struct EncodedEntry(int Index, int Flags, long Due, int Start, int IdLength, int StateLength, int DocumentLength)
{
    public int Length => IdLength + StateLength + DocumentLength;

    public bool IsDeduplicated => (Flags & 8) != 0;
}
