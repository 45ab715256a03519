namespace Jobs.Brokers;

/// <summary>What became of one message.</summary>
/// <param name="Status">The verdict.</param>
/// <param name="Error">The cause, where there is one.</param>
public readonly record struct SendResult(SendStatus Status, Exception? Error = null)
{
    /// <summary>The broker has it.</summary>
    public static SendResult Accepted { get; } = new(SendStatus.Accepted);

    /// <summary>True if the job exists: accepted now or before.</summary>
    public bool IsStored => Status is SendStatus.Accepted or SendStatus.Duplicate;
}
