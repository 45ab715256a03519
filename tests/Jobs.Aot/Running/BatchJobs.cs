using System.Collections.Concurrent;

namespace Jobs.Aot.Running;

internal static class BatchJobs
{
    private static readonly ConcurrentQueue<string> Calls = new();

    // A window that never passes within the run: only a full batch can close.
    [Job("batch.ingest", Backoff = "00:00:00.001"), Batch(Size = 3, Window = "01:00:00")]
    public static Task Ingest(IReadOnlyList<View> views, JobBatch batch, ILedger ledger)
    {
        Calls.Enqueue(string.Join(' ', views.Select(view => $"{view.Url}={view.Weight}").Order()));
        for (var i = 0; i < views.Count; i++)
        {
            if (views[i].Url == "bad" && batch.GetAttempt(i) == 1)
            {
                batch.Fail(i, new InvalidDataException("bad"));
            }
        }

        if (views is [{ Url: "bad" }])
        {
            ledger.Note("batches", string.Join(" | ", Calls));
        }

        return Task.CompletedTask;
    }
}
