namespace Jobs.Brokers.Redis.Sending;

/// <summary>Messages whose callers were told <see cref="SendStatus.Unknown"/>: sent again, they share the fate of the first sending, so that no second job comes to be.</summary>
/// <remarks>Belongs to the lock of its sender.</remarks>
internal sealed class UnknownSends(TimeProvider time, TimeSpan memory)
{
    private readonly Dictionary<string, Fate> _byId = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, long Since)> _inOrder = new();

    /// <summary>Remembers a message whose batch may still be answered.</summary>
    public void Add(string id, SendBatch batch, int place)
    {
        Forget();
        var fate = new Fate(batch, place);
        _byId[id] = fate;
        _inOrder.Enqueue((id, time.GetTimestamp()));
        batch.Answered += (answered, result) => fate.Result = answered == fate.Place ? result : fate.Result;
    }

    /// <summary>Answers an entry as its first sending was, or when it is. False if there was none.</summary>
    public bool TryJoin(SendOperation operation, int entry)
    {
        var encoded = operation.Entries[entry];
        if (_byId.Count == 0 || !encoded.IsDeduplicated || !_byId.TryGetValue(operation.DedupeIdOf(in encoded), out var fate))
        {
            return false;
        }

        switch (fate.Result?.Status)
        {
            case null when !fate.Batch.IsForgotten:
                operation.Join(entry);
                fate.Batch.Join(operation, entry, fate.Place);
                return true;
            case SendStatus.Accepted or SendStatus.Duplicate:
                operation.Join(entry);
                operation.Answer(in encoded, new SendResult(SendStatus.Duplicate));
                return true;
            default:
                return false;
        }
    }

    private void Forget()
    {
        while (_inOrder.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) > memory)
        {
            _inOrder.Dequeue();
            _byId.Remove(oldest.Id);
        }
    }

    private sealed class Fate(SendBatch batch, int place)
    {
        public SendBatch Batch => batch;

        public int Place => place;

        public SendResult? Result { get; set; }
    }
}
