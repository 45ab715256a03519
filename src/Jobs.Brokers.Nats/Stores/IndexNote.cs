namespace Jobs.Brokers.Nats.Stores;

/// <summary>That an entry stands in an index, or was about to: it does if the entry names this note.</summary>
/// <param name="Sequence">Its place among all notes: their order is that of writing.</param>
/// <param name="Key">The key of the entry.</param>
/// <param name="Time">When it was stored, by the server's clock.</param>
internal readonly record struct IndexNote(ulong Sequence, string Key, DateTimeOffset Time);
