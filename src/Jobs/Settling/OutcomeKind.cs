namespace Jobs.Settling;

internal enum OutcomeKind
{
    Succeeded,
    Retried,
    Deferred,
    Released,
    DeadLettered,
    Expired,
    Cancelled,
    NotFound,
}
