namespace Jobs.Telemetry;

/// <summary>How a run ended, as a tag.</summary>
internal static class Outcomes
{
    public const string Succeeded = "succeeded";
    public const string Retried = "retried";
    public const string DeadLettered = "dead-lettered";
    public const string Cancelled = "cancelled";
    public const string NotFound = "not-found";
    public const string Expired = "expired";
    public const string Deferred = "deferred";
    public const string Released = "released";
    public const string LeaseLost = "lease-lost";
    public const string Conflict = "conflict";

    /// <summary>Of a job without a result of its own: the work was done by another.</summary>
    public const string Repeated = "repeated";
    public const string Abandoned = "abandoned";
}
