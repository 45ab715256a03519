namespace Jobs.Brokers.Sqs.Administration;

/// <summary>How long those messages had waited that this process received lately: SQS itself tells the age of the oldest one only to CloudWatch. Safe for concurrent use.</summary>
internal sealed class WaitingAge(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private TimeSpan _longest;
    private long _seenAt;

    /// <summary>A message has come in.</summary>
    /// <param name="availableAt">When it could have been handed out first.</param>
    public void Received(DateTimeOffset availableAt)
    {
        var age = time.GetUtcNow() - availableAt;
        lock (_lock)
        {
            if (age >= _longest || IsOld)
            {
                (_longest, _seenAt) = (age > TimeSpan.Zero ? age : TimeSpan.Zero, time.GetTimestamp());
            }
        }
    }

    /// <summary>The longest of the last half minute.</summary>
    public TimeSpan Longest
    {
        get
        {
            lock (_lock)
            {
                return IsOld ? TimeSpan.Zero : _longest;
            }
        }
    }

    private bool IsOld => time.GetElapsedTime(_seenAt) > Window;
}
