using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

internal static class ScalarShapes
{
    private static readonly DateTime Date = new(2026, 11, 22, 10, 30, 0, DateTimeKind.Utc);
    private static readonly DateTimeOffset Offset = new(2026, 11, 22, 10, 30, 0, 5, TimeSpan.FromHours(-3.5));
    private static readonly Guid Id = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    public static async Task RunAsync(ShapeChecker checker)
    {
        await checker.CheckAsync(new ShapeJobsClient.NothingArgs(), """{}""");
        await checker.CheckAsync(new ShapeJobsClient.BooleansArgs(true, null), """{"a":true,"b":null}""");
        await checker.CheckAsync(
            new ShapeJobsClient.IntegersArgs(new(sbyte.MinValue, byte.MaxValue, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue)),
            """{"value":{"a":-128,"b":255,"c":-32768,"d":65535,"e":-2147483648,"f":4294967295,"g":-9223372036854775808,"h":18446744073709551615}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.IntegerParametersArgs(-1, 2, -3, 4, -5, 6, -7, 8),
            """{"a":-1,"b":2,"c":-3,"d":4,"e":-5,"f":6,"g":-7,"h":8}""");
        await checker.CheckAsync(
            new ShapeJobsClient.OptionalIntegersArgs(new(1, null, 3, null, 5, null, 7, null)),
            """{"value":{"a":1,"b":null,"c":3,"d":null,"e":5,"f":null,"g":7,"h":null}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.FloatsArgs(new(1.5f, -0.1, 1.10m, float.MaxValue, null, decimal.MinValue)),
            """{"value":{"a":1.5,"b":-0.1,"c":1.10,"d":3.4028235E+38,"e":null,"f":-79228162514264337593543950335}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.TextsArgs(new('ä', null, "line\n\"quoted\"", null), "\U0001F600", "<&>"),
            """{"value":{"a":"\u00E4","b":null,"c":"line\n\u0022quoted\u0022","d":null},"text":"\uD83D\uDE00","optional":"\u003C\u0026\u003E"}""");
        await checker.CheckAsync(
            new ShapeJobsClient.DatesArgs(new(Date, Offset, new(2026, 11, 22), DateTime.MinValue, null, DateOnly.MaxValue), Date, Offset, new(2000, 2, 29)),
            """{"value":{"a":"2026-11-22T10:30:00Z","b":"2026-11-22T10:30:00.005-03:30","c":"2026-11-22","d":"0001-01-01T00:00:00","e":null,"f":"9999-12-31"},"date":"2026-11-22T10:30:00Z","offset":"2026-11-22T10:30:00.005-03:30","only":"2000-02-29"}""");
        await checker.CheckAsync(
            new ShapeJobsClient.TimesArgs(new(new(1, 2, 3, 4, 5), new(23, 59, 58), null, TimeOnly.MinValue), TimeSpan.FromMinutes(-90), new(12, 0)),
            """{"value":{"a":"1.02:03:04.0050000","b":"23:59:58","c":null,"d":"00:00:00"},"span":"-01:30:00","time":"12:00:00"}""");
        await checker.CheckAsync(
            new ShapeJobsClient.OthersArgs(new(Id, null, new("https://example.org/ä?q=1"), null, new(1, 2, 3, 4), null, true, false), Id, new("a/b", UriKind.Relative), new(1, 0)),
            """{"value":{"a":"0f8fad5b-d9cb-469f-a165-70867728950e","b":null,"c":"https://example.org/\u00E4?q=1","d":null,"e":"1.2.3.4","f":null,"g":true,"h":false},"id":"0f8fad5b-d9cb-469f-a165-70867728950e","uri":"a/b","version":"1.0"}""");
        await checker.CheckAsync(
            new ShapeJobsClient.BinariesArgs(new([0, 255, 16], null, new byte[] { 1, 2 }, null), [7, 8, 9], ReadOnlyMemory<byte>.Empty),
            """{"value":{"a":"AP8Q","b":null,"c":"AQI=","d":null},"bytes":"BwgJ","memory":""}""");
        await checker.CheckAsync(
            new ShapeJobsClient.EnumsArgs(new(Small.Most, Narrow.Least, Wide.Least, Flags.One | Flags.Last, (Plain)42, DayOfWeek.Friday, null), Plain.Negative, null),
            """{"value":{"a":255,"b":-128,"c":-9223372036854775808,"d":9223372036854775809,"e":42,"f":5,"g":null},"plain":-1,"day":null}""");
    }
}
