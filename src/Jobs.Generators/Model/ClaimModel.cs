namespace Jobs.Generators.Model;

/// <summary>What a run takes in the store before it starts; null is not asked for. Durations are ticks.</summary>
internal sealed record ClaimModel
{
    /// <summary>How many run at once.</summary>
    public int? Limit { get; init; }

    /// <summary>What makes the concurrency key, or null.</summary>
    public KeyTemplateModel? ConcurrencyKey { get; init; }

    /// <summary>How long it is remembered that the work is done.</summary>
    public long? RetentionTicks { get; init; }

    /// <summary>What makes the idempotency key, or null.</summary>
    public KeyTemplateModel? IdempotencyKey { get; init; }
}
