namespace Shop;

public sealed record Position(int Page, string? Cursor);

public static class ImportJobs
{
    [Job]
    public static Task Run(Guid file, JobCheckpoint<Position> checkpoint, CancellationToken cancellationToken) => Task.CompletedTask;
}
