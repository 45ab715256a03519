namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>What became of one entry of a batch.</summary>
/// <param name="Error"><see cref="SqsErrorKind.None"/> for success.</param>
/// <param name="Code">As SQS calls the error; null for success.</param>
/// <param name="Message">What it says about it.</param>
/// <param name="IsSenderFault">True if the entry must change before it can succeed.</param>
internal readonly record struct SqsEntryResult(SqsErrorKind Error, string? Code = null, string? Message = null, bool IsSenderFault = false)
{
    /// <summary>True if SQS may have done what it was asked all the same.</summary>
    public bool IsOutcomeUnknown { get; init; }

    public bool IsOk => Error == SqsErrorKind.None;
}
