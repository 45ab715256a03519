using System.Net;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>SQS could not do what it was asked, or what it did is not known.</summary>
internal sealed class SqsException(SqsErrorKind kind, string message, Exception? inner = null) : IOException(message, inner)
{
    public SqsErrorKind Kind => kind;

    /// <summary>The action, as <c>SendMessageBatch</c>.</summary>
    public string? Action { get; init; }

    /// <summary>As SQS calls the error; null if it did not answer.</summary>
    public string? Code { get; init; }

    /// <summary>Null if it did not answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>For the support of AWS; null if it did not answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>True if the same request may succeed later.</summary>
    public bool IsRetryable { get; init; }

    /// <summary>True if SQS may have done what it was asked all the same.</summary>
    public bool IsOutcomeUnknown { get; init; }

    /// <summary>True if the request must change, or what it is about, before it can succeed.</summary>
    public bool IsSenderFault => !IsRetryable && Status is { } status && (int)status is >= 400 and < 500;
}
