namespace Jobs.Claims;

/// <summary>Why runs do not start, in metrics.</summary>
internal static class ClaimRefusals
{
    /// <summary>As many run as may.</summary>
    public const string Limit = "limit";

    /// <summary>Another run works under the same idempotency key.</summary>
    public const string InProgress = "in-progress";

    /// <summary>Another job is about to be sent with the same unique key.</summary>
    public const string Key = "key";

    /// <summary>Another job has the unique key: this one is cancelled.</summary>
    public const string Conflict = "conflict";

    /// <summary>The store does not answer.</summary>
    public const string Store = "store";
}
