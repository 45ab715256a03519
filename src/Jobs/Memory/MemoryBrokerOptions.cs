namespace Jobs.Memory;

/// <summary>Settings of the memory broker: <c>Jobs:Memory</c>.</summary>
public sealed class MemoryBrokerOptions
{
    /// <summary>The most dead letters that a queue keeps; beyond it the oldest is removed, counted and logged. At least 1.</summary>
    /// <value>Default 100,000.</value>
    public int MaxDeadLetters { get; set; } = 100_000;

    /// <summary>The largest document, in bytes, of a job whose args are kept as bytes. At least 1.</summary>
    /// <value>Default 16 MiB.</value>
    public int MaxDocumentBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long an id that the caller chose is recognised after it was accepted. Positive.</summary>
    /// <value>Default 10 minutes.</value>
    public TimeSpan DedupeWindow { get; set; } = TimeSpan.FromMinutes(10);

    internal void Validate()
    {
        if (MaxDeadLetters < 1)
        {
            throw new JobConfigurationException($"Jobs:Memory:MaxDeadLetters is {MaxDeadLetters}; it must be at least 1.");
        }

        if (MaxDocumentBytes < 1)
        {
            throw new JobConfigurationException($"Jobs:Memory:MaxDocumentBytes is {MaxDocumentBytes}; it must be at least 1.");
        }

        if (DedupeWindow <= TimeSpan.Zero)
        {
            throw new JobConfigurationException($"Jobs:Memory:DedupeWindow is {DedupeWindow}; it must be positive.");
        }
    }
}
