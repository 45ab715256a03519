namespace Jobs;

/// <summary>Makes a job accumulate: calls enqueue one item each, the method receives many at once.</summary>
/// <remarks>The first parameter is <c>IReadOnlyList&lt;T&gt;</c> or <c>T[]</c>. A batch closes when it is full or when its
/// window has passed since its first item, whichever comes first, and at shutdown.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BatchAttribute : Attribute
{
    /// <summary>The most items in one call.</summary>
    /// <value>1 to 100,000. Default 100.</value>
    public int Size { get; set; } = 100;

    /// <summary>How long the first item waits for company.</summary>
    /// <value>Default <c>"00:00:05"</c>; shorter than the queue's lease is not needed, items are renewed while they wait.</value>
    public string? Window { get; set; }
}
