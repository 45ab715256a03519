namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>What SQS takes at most.</summary>
internal static class SqsLimits
{
    /// <summary>The attribute that carries the state of a job.</summary>
    public const string StateAttribute = "JobsState";

    /// <summary>Of a message with its attributes, and of all messages of a batch together.</summary>
    public const int MaxBytes = 1_048_576;

    /// <summary>Entries of a batch, and messages of a receive.</summary>
    public const int MaxBatch = 10;

    public const int MaxAttributes = 10;

    public const int MaxDelaySeconds = 900;

    /// <summary>12 hours, from the receive on.</summary>
    public const int MaxVisibilitySeconds = 43_200;

    public const int MaxWaitSeconds = 20;

    public const int MaxQueueNameLength = 80;

    /// <summary>Of a group id, and of a deduplication id: letters, digits and punctuation of ASCII.</summary>
    public const int MaxIdLength = 128;

    /// <summary>True if SQS takes the text: not empty, valid UTF-8, and only characters of XML 1.0.</summary>
    public static bool IsLegalText(ReadOnlySpan<byte> utf8) => SqsText.IsLegal(utf8);
}
