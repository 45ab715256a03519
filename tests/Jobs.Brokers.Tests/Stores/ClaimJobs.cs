namespace Jobs.Brokers.Tests.Stores;

/// <summary>Jobs that take something in the store before they run.</summary>
public sealed class ClaimJobs(ClaimLog log)
{
    [Job("claims.limited"), Concurrency(2)]
    public Task Limited(int value, CancellationToken cancellationToken) => log.RunAsync(value, cancellationToken);

    [Job("claims.tenant"), Concurrency(1, Key = "tenant:{tenant}")]
    public Task ForTenant(string tenant, int value, CancellationToken cancellationToken) => log.RunAsync(value + tenant.Length, cancellationToken);

    [Job("claims.once"), Idempotent(Key = "order:{order}")]
    public Task Once(int order, CancellationToken cancellationToken) => log.RunAsync(order, cancellationToken);

    [Job("claims.unique", Key = "unique:{value}")]
    public Task Unique(int value, CancellationToken cancellationToken) => log.RunAsync(value, cancellationToken);
}
