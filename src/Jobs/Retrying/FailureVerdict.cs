namespace Jobs.Retrying;

internal enum FailureVerdict
{
    Retried,
    Deferred,
    DeadLettered,
    CompletedNotFound,
}
