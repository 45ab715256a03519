using System.Text.Json;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

internal static class MemberShapes
{
    public static async Task RunAsync(ShapeChecker checker)
    {
        await checker.CheckAsync(new ShapeJobsClient.DefaultsArgs(new(A: false, M: null, T: "t")), "@@");
        await checker.CheckAsync(new ShapeJobsClient.RequiredArgs(new() { A = 1, B = "b", C = null, E = 6 }), "@@");
        await checker.CheckAsync(new ShapeJobsClient.SetsRequiredArgs(new() { B = "b" }), "@@");
        await checker.CheckAsync(new ShapeJobsClient.RenamedArgs(new() { A = "a", B = 1, C = 2, D = 3 }), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.IgnoredArgs(new() { Never = () => { }, A = null, B = 5, C = 0, D = new(1, 2) }, new(1, 2)),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.ElementsArgs(
                new(Json("1.10e5"), null, [Json("null"), Json("""{"a":[true]}""")], new() { ["e"] = Json("\"text\"") }),
                Json("[1,[],{}]")),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.ComputedArgs(new(1, 2)), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.NamesOfMembersArgs(
                new() { URLValue = 1, IOStream = 2, ID = 3, A1B = 4, _Foo = 5, ÄÖ = 6, lower = 7, @class = 8, @event = 9, I = 10, İstanbul = 11, XMLHttpRequest2 = 12 },
                13,
                14,
                15,
                16),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.AnnotatedArgs(new() { A = null, B = "b", C = "c", D = "d" }), "@@");
        await checker.CheckAsync(new ShapeJobsClient.ObliviousArgs(new() { A = null, C = new("n") }), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.LargeArgs(new()
            {
                M0 = 0, M3 = 3, M6 = 6, M9 = 9, M12 = 12, M15 = 15, M18 = 18, M21 = 21, M24 = 24, M27 = 27, M30 = 30, M33 = 33,
                M36 = 36, M39 = 39, M42 = 42, M45 = 45, M48 = 48, M51 = 51, M54 = 54, M57 = 57, M60 = 60, M63 = 63, M66 = 66, M69 = 69,
                M64 = "sixty-four",
            }),
            "@@");
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
