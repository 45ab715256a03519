namespace Jobs;

/// <summary>Limits how many runs of a job are under way at once, in all processes together.</summary>
/// <remarks>
/// <para>Before a run starts it takes a permit in the store, and gives it back when it has ended; the permit of a worker that died is free once it
/// has expired, half a lease after the lease. A job that finds none is deferred: no attempt is used, and no worker is kept busy; it asks
/// again after half the time that it has waited, 250 ms to 30 s. Jobs that wait do not start in order.</para>
/// <para>A run whose permit was lost, because the store was away for longer than it was held, is cancelled and runs again. Without a store that
/// has permits the worker does not start.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConcurrencyAttribute : Attribute
{
    /// <summary>Limits the job.</summary>
    /// <param name="limit">1 to 1,000,000; <c>Jobs:Overrides:{name}:ConcurrencyLimit</c> wins.</param>
    public ConcurrencyAttribute(int limit) => Limit = limit;

    /// <summary>How many run at once.</summary>
    public int Limit { get; }

    /// <summary>What is limited: a template of the job's payload, such as <c>"tenant:{tenantId}"</c>. Jobs of all names with one key share its permits;
    /// each has its own limit.</summary>
    /// <value>Default null: all runs of this job, and of no other.</value>
    public string? Key { get; set; }
}
