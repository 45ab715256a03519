using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Serialization.Tests;

internal static class ResultJobs
{
    [Job("result.count")] public static int Count() => 0;
    [Job("result.name")] public static Task<string?> Name() => Task.FromResult<string?>(null);
    [Job("result.pages")] public static ValueTask<List<Page<Point>>> Pages(Page<Point> first) => default;
    [Job("result.maybe")] public static Point? Maybe() => null;
    [Job("result.ingest"), Batch(Size = 10, Window = "00:00:01")] public static void Ingest(IReadOnlyList<Node> items) { }
}
