namespace Jobs;

/// <summary>Lets the work of a job be done once, however often it is delivered, or enqueued with the same key.</summary>
/// <remarks>
/// <para>A run takes the sole right to its key first; when it has succeeded the key is marked as done, and then the broker is told. Whoever
/// comes with the same key meanwhile is deferred; afterwards it is completed without running, with the result of the first. A run that
/// failed leaves no mark, and a worker that died none that lasts: the job runs again.</para>
/// <para>So the work is never skipped. It may be done twice where no software can help: if the worker dies between the work and the mark, or is cut
/// off for longer than the right is held. Pass <see cref="JobContext.GetIdempotencyKey"/> to services that deduplicate themselves.</para>
/// <para>Without a store that has permits the worker does not start.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute
{
    /// <summary>What is done once: a template of the job's payload, such as <c>"order:{orderId}"</c>. Keys of different jobs have nothing to do with each other.</summary>
    /// <value>Default null: the job's id, so that each enqueued job is done once.</value>
    public string? Key { get; set; }

    /// <summary>How long it is remembered that a key is done.</summary>
    /// <value>From <c>"00:00:01"</c> to <c>"365.00:00:00"</c>. Default <c>"1.00:00:00"</c>.</value>
    public string? Retention { get; set; }
}
