namespace Jobs.Brokers.Nats.Settling;

/// <summary>Where the acknowledgement of something goes, and the level of its consumer.</summary>
internal delegate ReadOnlySpan<byte> AckSubjectOf<in T>(T item, out int level);
