namespace Jobs.Aot.Running;

/// <summary>A job that fails halfway and goes on from there.</summary>
internal static class CheckpointJobs
{
    /// <summary>Where a run stands.</summary>
    public sealed record Position(int Page, IReadOnlyList<Guid> Seen, DateTimeOffset? Since = null);

    [Job("checkpoint.import", Backoff = "00:00:00")]
    public static async Task<string> Import(int pages, JobCheckpoint<Position> checkpoint, JobContext context, CancellationToken cancellationToken)
    {
        var start = checkpoint.TryGet(out var saved) ? saved : new Position(0, []);
        for (var page = start.Page; page < pages; page++)
        {
            await checkpoint.SaveAsync(new Position(page + 1, [.. start.Seen, Guid.Empty]), cancellationToken);
            if (context.Attempt == 1 && page == 2)
            {
                throw new InvalidDataException("The connection broke.");
            }
        }

        return $"resumed at {start.Page} after {start.Seen.Count} in attempt {context.Attempt}";
    }
}
