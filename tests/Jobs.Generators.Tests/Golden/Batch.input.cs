namespace Shop;

public sealed record PageView(string Url);

public interface IWarehouse;

public static class EventJobs
{
    [Job("events.ingest"), Batch(Size = 100, Window = "00:00:05")]
    public static Task Ingest(IReadOnlyList<PageView> views, IWarehouse warehouse, JobBatch batch, CancellationToken ct) => Task.CompletedTask;
}
