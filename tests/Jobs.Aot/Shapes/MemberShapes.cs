using System.Text.Json;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

internal static class MemberShapes
{
    public static async Task RunAsync(ShapeChecker checker)
    {
        await checker.CheckAsync(
            new ShapeJobsClient.DefaultsArgs(new(A: false, M: null, T: "t")),
            """{"value":{"a":false,"b":-5,"c":-9223372036854775808,"d":1.5,"e":-0.25,"f":1.10,"g":"\u0027","h":"a\u0022\\\n\u2028\u00E4","i":null,"j":7,"k":-1,"l":"00000000-0000-0000-0000-000000000000","m":null,"n":"00:00:00","o":18446744073709551615,"p":9223372036854775808,"q":1.7976931348623157E+308,"r":1E-45,"s":-1,"t":"t"}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.RequiredArgs(new() { A = 1, B = "b", C = null, E = 6 }),
            """{"value":{"a":1,"b":"b","c":null,"d":4,"e":6}}""");
        await checker.CheckAsync(new ShapeJobsClient.SetsRequiredArgs(new() { B = "b" }), """{"value":{"a":3,"b":"b"}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.RenamedArgs(new() { A = "a", B = 1, C = 2, D = 3 }),
            """{"value":{"first name":"a","gr\u00F6\u00DFe\u003C\u0026\u0022":1,"\uD83D\uDE00":2,"C":3}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.IgnoredArgs(new() { Never = () => { }, A = "x", B = 5, C = 1, D = default }, new(1, 2)),
            """{"value":{"a":"x","b":5,"c":1,"e":null},"parameter":{"a":1}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.ElementsArgs(
                new(Json("1.10e5"), null, [Json("null"), Json("""{"a":[true]}""")], new() { ["e"] = Json("\"text\"") }),
                Json("[1,[],{}]")),
            """{"value":{"a":1.10e5,"b":null,"c":[null,{"a":[true]}],"d":{"e":"text"}},"element":[1,[],{}]}""");
        await checker.CheckAsync(
            new ShapeJobsClient.ComputedArgs(new(1, 2)),
            """{"value":{"a":1,"b":2,"sum":3,"text":"1\u002B2","points":[{"x":1,"y":2}]}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.NamesOfMembersArgs(
                new() { URLValue = 1, IOStream = 2, ID = 3, A1B = 4, _Foo = 5, ÄÖ = 6, lower = 7, @class = 8, @event = 9, I = 10, İstanbul = 11, XMLHttpRequest2 = 12 },
                13,
                14,
                15,
                16),
            """{"value":{"urlValue":1,"ioStream":2,"id":3,"a1B":4,"_Foo":5,"\u00E4\u00F6":6,"lower":7,"class":8,"event":9,"i":10,"\u0130stanbul":11,"xmlHttpRequest2":12},"class":13,"urlValue":14,"iPhone":15,"_underscore":16}""");
        await checker.CheckAsync(
            new ShapeJobsClient.AnnotatedArgs(new() { A = null, B = "b", C = "c", D = "d" }),
            """{"value":{"a":"null","b":"b","c":"c","d":"d","e":"e"}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.ObliviousArgs(new() { A = null, C = new("n") }),
            """{"value":{"a":null,"b":null,"c":{"name":"n","next":null,"children":null}}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.LargeArgs(new()
            {
                M0 = 0, M3 = 3, M6 = 6, M9 = 9, M12 = 12, M15 = 15, M18 = 18, M21 = 21, M24 = 24, M27 = 27, M30 = 30, M33 = 33,
                M36 = 36, M39 = 39, M42 = 42, M45 = 45, M48 = 48, M51 = 51, M54 = 54, M57 = 57, M60 = 60, M63 = 63, M66 = 66, M69 = 69,
                M64 = "sixty-four",
            }),
            """{"value":{"m0":0,"m1":null,"m2":2,"m3":3,"m4":null,"m5":5,"m6":6,"m7":null,"m8":8,"m9":9,"m10":null,"m11":11,"m12":12,"m13":null,"m14":14,"m15":15,"m16":null,"m17":17,"m18":18,"m19":null,"m20":20,"m21":21,"m22":null,"m23":23,"m24":24,"m25":null,"m26":26,"m27":27,"m28":null,"m29":29,"m30":30,"m31":null,"m32":32,"m33":33,"m34":null,"m35":35,"m36":36,"m37":null,"m38":38,"m39":39,"m40":null,"m41":41,"m42":42,"m43":null,"m44":44,"m45":45,"m46":null,"m47":47,"m48":48,"m49":null,"m50":50,"m51":51,"m52":null,"m53":53,"m54":54,"m55":null,"m56":56,"m57":57,"m58":null,"m59":59,"m60":60,"m61":null,"m62":62,"m63":63,"m64":"sixty-four","m65":65,"m66":66,"m67":null,"m68":68,"m69":69}}""");
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
