using System.Net;
using System.Text;
using System.Text.Json;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Reads what SQS says went wrong.</summary>
internal static class SqsErrors
{
    private const int LongestMessage = 1_000;

    /// <summary>What an error is, by the code that SQS gives it; older codes and those of other AWS protocols included.</summary>
    /// <param name="code">As it came: <c>com.amazonaws.sqs#QueueDoesNotExist</c>, <c>AWS.SimpleQueueService.NonExistentQueue</c>.</param>
    /// <param name="message">What it says about it.</param>
    /// <param name="status">What to judge by where the code is not known; null for an entry of a batch.</param>
    public static SqsErrorKind KindOf(string? code, string? message, HttpStatusCode? status) => ShortCode(code) switch
    {
        "QueueDoesNotExist" or "NonExistentQueue" => SqsErrorKind.QueueDoesNotExist,
        "QueueNameExists" or "QueueAlreadyExists" => SqsErrorKind.QueueNameExists,
        "QueueDeletedRecently" => SqsErrorKind.QueueDeletedRecently,
        "PurgeQueueInProgress" => SqsErrorKind.PurgeInProgress,
        "ReceiptHandleIsInvalid" => SqsErrorKind.ReceiptHandleInvalid,
        "MessageNotInflight" => SqsErrorKind.NotInFlight,
        "OverLimit" => SqsErrorKind.OverLimit,
        "InvalidMessageContents" => SqsErrorKind.IllegalCharacters,
        "BatchRequestTooLong" => SqsErrorKind.TooLarge,
        "UnsupportedOperation" or "InvalidAction" or "MissingAction" or "UnknownOperationException" or "UnknownOperation" or "NotImplemented" => SqsErrorKind.Unsupported,
        "AccessDenied" or "AccessDeniedException" or "NotAuthorized" or "AuthorizationError" when !IsAboutKeys(code) => SqsErrorKind.AccessDenied,
        "RequestTimeTooSkewed" or "RequestExpired" or "RequestInTheFuture" => SqsErrorKind.ClockSkew,
        "MissingAuthenticationToken" or "MissingAuthenticationTokenException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "UnrecognizedClient"
            or "InvalidAccessKeyId" or "InvalidToken" or "ExpiredToken" or "ExpiredTokenException" or "SignatureDoesNotMatch" or "InvalidSignatureException" or "IncompleteSignature"
            or "IncompleteSignatureException" or "AuthFailure" or "OptInRequired" or "InvalidSecurity" => SqsErrorKind.Credentials,
        "BandwidthLimitExceeded" or "EC2ThrottledException" or "KmsThrottled" or "LimitExceededException" or "PriorRequestNotComplete" or "ProvisionedThroughputExceededException"
            or "RequestLimitExceeded" or "RequestThrottled" or "RequestThrottledException" or "SlowDown" or "ThrottledException" or "Throttling" or "ThrottlingException"
            or "TooManyRequestsException" or "TransactionInProgressException" => SqsErrorKind.Throttled,
        "RequestTimeout" or "RequestTimeoutException" => SqsErrorKind.TimedOut,
        "InternalError" or "InternalFailure" or "InternalServerError" or "ServiceUnavailable" or "ServiceUnavailableException" => SqsErrorKind.ServiceFailed,
        _ when IsAboutKeys(code) => SqsErrorKind.Encryption,
        // The only sign of it: the code is that of any wrong parameter.
        "InvalidParameterValue" when message?.Contains("must be shorter than", StringComparison.Ordinal) == true => SqsErrorKind.TooLarge,
        _ => status switch
        {
            HttpStatusCode.RequestEntityTooLarge => SqsErrorKind.TooLarge,
            HttpStatusCode.TooManyRequests => SqsErrorKind.Throttled,
            HttpStatusCode.RequestTimeout => SqsErrorKind.TimedOut,
            >= HttpStatusCode.InternalServerError => SqsErrorKind.ServiceFailed,
            HttpStatusCode.Forbidden => SqsErrorKind.AccessDenied,
            _ => SqsErrorKind.Invalid,
        },
    };

    /// <summary>True if the code says that the credentials are used up, so that new ones may help.</summary>
    public static bool IsExpired(string? code) => ShortCode(code) is "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "UnrecognizedClientException" or "InvalidClientTokenId";

    /// <summary>True if a wrong clock may be the cause.</summary>
    public static bool MayBeClockSkew(string? code) =>
        ShortCode(code) is "RequestTimeTooSkewed" or "RequestExpired" or "RequestInTheFuture" or "SignatureDoesNotMatch" or "InvalidSignatureException" or "AuthFailure";

    /// <summary>True if the same may succeed later without anybody's help.</summary>
    public static bool IsRetryable(SqsErrorKind kind) =>
        kind is SqsErrorKind.Throttled or SqsErrorKind.ServiceFailed or SqsErrorKind.Unreachable or SqsErrorKind.TimedOut or SqsErrorKind.BadAnswer;

    /// <summary>Reads an answer that is no success.</summary>
    /// <param name="action">What was asked.</param>
    /// <param name="target">The queue, for the message.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="requestId">Of the answer.</param>
    /// <param name="body">JSON as a rule; of proxies anything.</param>
    public static SqsException Read(SqsAction action, string target, HttpStatusCode status, string? requestId, ReadOnlySpan<byte> body)
    {
        var (code, text) = ReadCode(body);
        var kind = KindOf(code, text, status);
        code = ShortCode(code);
        var said = string.Join(": ", new[] { code, text }.Where(static part => !string.IsNullOrEmpty(part)).DefaultIfEmpty($"HTTP {(int)status}"));
        return new SqsException(kind, $"SQS refused {action.Name} on {target}: {said.TrimEnd('.')}.{RemedyFor(kind, action)}")
        {
            Action = action.Name,
            Code = code ?? $"{(int)status}",
            Status = status,
            RequestId = requestId,
            IsRetryable = IsRetryable(kind),
            // Of all that SQS answers, only its own failures leave open whether it has done it.
            IsOutcomeUnknown = kind is SqsErrorKind.ServiceFailed or SqsErrorKind.TimedOut,
        };
    }

    /// <summary>The code without what stands before it.</summary>
    public static string? ShortCode(string? code)
    {
        if (code is null)
        {
            return null;
        }

        var end = code.IndexOf(':', StringComparison.Ordinal);
        var start = code.LastIndexOfAny(['#', '.'], end < 0 ? code.Length - 1 : end) + 1;
        return end < 0 ? code[start..] : code[start..end];
    }

    private static bool IsAboutKeys(string? code) => code?.Contains("kms", StringComparison.OrdinalIgnoreCase) == true;

    private static string RemedyFor(SqsErrorKind kind, SqsAction action) => kind switch
    {
        SqsErrorKind.AccessDenied => $" Allow '{action.Permission}' on it to the role or user of this process.",
        SqsErrorKind.Credentials => " Check the credentials (environment, profile, role, or Jobs:Sqs:AccessKey), and that Jobs:Sqs:Region is the queue's.",
        SqsErrorKind.ClockSkew => " Set the clock of this machine right.",
        SqsErrorKind.Encryption => " Allow 'kms:GenerateDataKey' and 'kms:Decrypt' on the queue's key, and see that it is enabled.",
        _ => "",
    };

    private static (string? Code, string? Message) ReadCode(ReadOnlySpan<byte> body)
    {
        string? code = null, message = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return (null, Clip(body));
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCode = reader.ValueTextEquals("__type"u8);
                var isMessage = reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8);
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && (isCode || isMessage))
                {
                    (code, message) = isCode ? (reader.GetString(), message) : (code, reader.GetString());
                }
                else
                {
                    reader.Skip();
                }
            }

            return (code, message is { Length: > LongestMessage } ? message[..LongestMessage] : message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (code, message ?? Clip(body));
        }
    }

    private static string Clip(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)]).Trim();
}
