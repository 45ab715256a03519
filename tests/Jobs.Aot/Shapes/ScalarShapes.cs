using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

internal static class ScalarShapes
{
    private static readonly DateTime Date = new(2026, 11, 22, 10, 30, 0, DateTimeKind.Utc);
    private static readonly DateTimeOffset Offset = new(2026, 11, 22, 10, 30, 0, 5, TimeSpan.FromHours(-3.5));
    private static readonly Guid Id = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    public static async Task RunAsync(ShapeChecker checker)
    {
        await checker.CheckAsync(new ShapeJobsClient.NothingArgs(), "@@");
        await checker.CheckAsync(new ShapeJobsClient.BooleansArgs(true, null), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.IntegersArgs(new(sbyte.MinValue, byte.MaxValue, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue)),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.IntegerParametersArgs(-1, 2, -3, 4, -5, 6, -7, 8), "@@");
        await checker.CheckAsync(new ShapeJobsClient.OptionalIntegersArgs(new(1, null, 3, null, 5, null, 7, null)), "@@");
        await checker.CheckAsync(new ShapeJobsClient.FloatsArgs(new(1.5f, -0.1, 1.10m, float.MaxValue, null, decimal.MinValue)), "@@");
        await checker.CheckAsync(new ShapeJobsClient.TextsArgs(new('ä', null, "line\n\"quoted\"", null), "\U0001F600", "<&>"), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.DatesArgs(new(Date, Offset, new(2026, 11, 22), DateTime.MinValue, null, DateOnly.MaxValue), Date, Offset, new(2000, 2, 29)),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.TimesArgs(new(new(1, 2, 3, 4, 5), new(23, 59, 58), null, TimeOnly.MinValue), TimeSpan.FromMinutes(-90), new(12, 0)),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.OthersArgs(new(Id, null, new("https://example.org/ä?q=1"), null, new(1, 2, 3, 4), null, true, false), Id, new("a/b", UriKind.Relative), new(1, 0)),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.BinariesArgs(new([0, 255, 16], null, new byte[] { 1, 2 }, null), [7, 8, 9], ReadOnlyMemory<byte>.Empty),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.EnumsArgs(new(Small.Most, Narrow.Least, Wide.Least, Flags.One | Flags.Last, (Plain)42, DayOfWeek.Friday, null), Plain.Negative, null),
            "@@");
    }
}
