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

    /// <summary>Another job has its unique key.</summary>
    Conflict,
}
