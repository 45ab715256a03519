namespace Shop;

public sealed record Order(Guid Id, string? Region);

public sealed record View(int Id);

public static class OrderJobs
{
    [Job(Key = "ship:{order.Id}:{day:yyyy-MM}:{{\"x\"}}", OnConflict = KeyConflict.Replace)]
    public static Task Ship(Order order, DateOnly day) => Task.CompletedTask;

    [Job(Key = "only one")]
    public static Task Sweep() => Task.CompletedTask;

    [Job(Key = "{item.Id}"), Batch]
    public static Task Ingest(View[] views) => Task.CompletedTask;
}
