namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>How messages are received.</summary>
/// <param name="MaxMessages">1 to 10.</param>
/// <param name="WaitSeconds">How long SQS waits for the first message: 0 to 20.</param>
/// <param name="VisibilitySeconds">For how long they are hidden: 0 to 43,200.</param>
internal readonly record struct SqsReceiveOptions(int MaxMessages, int WaitSeconds, int VisibilitySeconds)
{
    /// <summary>Attributes wanted besides the state; null for none.</summary>
    public IReadOnlyList<string>? AttributeNames { get; init; }

    /// <summary>FIFO queues only: has SQS give the same messages again within 5 minutes, if the answer was lost. Null for none.</summary>
    public string? AttemptId { get; init; }
}
