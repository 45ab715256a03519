using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Queues;

/// <summary>What to do about what SQS refused, in words.</summary>
internal static class Problems
{
    /// <summary>The error to show: one that names permission and queue where somebody has to mend something, else the error itself.</summary>
    public static Exception Explain(SqsException error, string queueName) =>
        Remedy(error, queueName) is { } remedy ? new JobConfigurationException($"{remedy} ({error.Message})", error) : error;

    /// <summary>What somebody has to do; null where time may mend it.</summary>
    public static string? Remedy(SqsException error, string queueName) => error.Kind switch
    {
        SqsErrorKind.AccessDenied => $"The credentials that Jobs uses are not allowed {Permission(error.Action)} on the SQS queue '{queueName}': allow it in their IAM policy, or in the policy of the queue. docs/guarantees.md lists what Jobs needs.",
        SqsErrorKind.QueueDoesNotExist => $"The SQS queue '{queueName}' does not exist in this region and account: start one host with Jobs:Provision = {nameof(ProvisionMode.CreateIfMissing)}, create it, or mend {SqsBrokerOptions.SectionName}:{nameof(SqsBrokerOptions.QueuePrefix)} or {SqsBrokerOptions.SectionName}:{nameof(SqsBrokerOptions.Region)}.",
        SqsErrorKind.Credentials => $"SQS does not take the credentials: set them for this process (environment, profile, role), or {SqsBrokerOptions.SectionName}:{nameof(SqsBrokerOptions.AccessKey)} and {nameof(SqsBrokerOptions.SecretKey)}; renew them if they have expired.",
        SqsErrorKind.Encryption => $"The key that encrypts the SQS queue '{queueName}' is missing, disabled, or not allowed to these credentials: allow kms:GenerateDataKey and kms:Decrypt on it.",
        SqsErrorKind.ClockSkew => "The clock of this machine is wrong by so much that SQS refuses its requests: set it.",
        _ => null,
    };

    private static string Permission(string? action) => $"sqs:{action switch
    {
        // Batches are the same permission as single ones.
        null => "*",
        _ when action.EndsWith("Batch", StringComparison.Ordinal) => action[..^"Batch".Length],
        _ => action,
    }}";
}
