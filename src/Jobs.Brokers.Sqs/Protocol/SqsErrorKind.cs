namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>What went wrong, as far as it makes a difference.</summary>
internal enum SqsErrorKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>SQS does not like the request, or an entry; the code says what.</summary>
    Invalid,

    /// <summary>A message, or a batch, is larger than SQS takes.</summary>
    TooLarge,

    /// <summary>A body or attribute has characters that SQS does not take.</summary>
    IllegalCharacters,

    QueueDoesNotExist,

    /// <summary>There is one of that name with other attributes.</summary>
    QueueNameExists,

    /// <summary>60 s must pass before the name is free again.</summary>
    QueueDeletedRecently,

    /// <summary>The queue was purged less than 60 s ago.</summary>
    PurgeInProgress,

    /// <summary>The handle is stale, or no handle: someone else has the message, or it is gone.</summary>
    ReceiptHandleInvalid,

    /// <summary>The message is visible again, or gone.</summary>
    NotInFlight,

    /// <summary>Too many messages of the queue are in flight.</summary>
    OverLimit,

    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>The service, or what answers in its place, does not know the action.</summary>
    Unsupported,

    /// <summary>The credentials are good, but the action is denied to them; the message names it.</summary>
    AccessDenied,

    /// <summary>There are no credentials, or they are unknown, wrong or expired.</summary>
    Credentials,

    /// <summary>The clocks of this machine and the service differ, and correcting it did not help.</summary>
    ClockSkew,

    /// <summary>The key that encrypts the queue is missing, disabled or denied.</summary>
    Encryption,

    /// <summary>The service failed: a 5xx.</summary>
    ServiceFailed,

    /// <summary>The connection could not be made, or was lost.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The answer could not be understood, or does not belong to what was sent.</summary>
    BadAnswer,
}
