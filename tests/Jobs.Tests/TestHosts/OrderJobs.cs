namespace Jobs.Tests.TestHosts;

/// <summary>Jobs with keys, limits and idempotency, as a user writes them.</summary>
public sealed class OrderJobs(OrderLog log)
{
    [Job("orders.ship", Key = "ship:{orderId}")]
    public Task Ship(int orderId, CancellationToken cancellationToken) => log.RunAsync(orderId, cancellationToken);

    [Job("orders.report", Key = "report"), Every("00:05:00", Enabled = false)]
    public Task Report(int days = 7, CancellationToken cancellationToken = default) => log.RunAsync(days, cancellationToken);

    [Job("orders.ingest", Key = "ingest:{item.Id}"), Batch(Size = 10, Window = "00:00:05")]
    public async Task Ingest(IReadOnlyList<OrderItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            await log.RunAsync(item.Id, cancellationToken);
        }
    }

    [Job("orders.pack"), Concurrency(1)]
    public Task Pack(int orderId, CancellationToken cancellationToken) => log.RunAsync(orderId, cancellationToken);

    [Job("orders.charge"), Idempotent(Key = "order:{orderId}")]
    public Task Charge(int orderId, CancellationToken cancellationToken) => log.RunAsync(orderId, cancellationToken);
}
