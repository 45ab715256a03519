using System.Collections.Immutable;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

internal static class CollectionShapes
{
    private static readonly Node Leaf = new("leaf");

    public static async Task RunAsync(ShapeChecker checker)
    {
        await checker.CheckAsync(
            new ShapeJobsClient.ArraysArgs(new([1, 2], ["a"], [1, null], [null, "b"], [[1], [], [2, 3]], [new(1, 2)], [Leaf, null], [[1], [2]], [new(2026, 1, 2)]), [4, 5, 6]),
            """{"value":{"a":[1,2],"b":["a"],"c":[1,null],"d":[null,"b"],"e":[[1],[],[2,3]],"f":[{"x":1,"y":2}],"g":[{"name":"leaf","next":null,"children":null},null],"h":["AQ==","Ag=="],"i":["2026-01-02"]},"numbers":[4,5,6]}""");
        await checker.CheckAsync(
            new ShapeJobsClient.ListsArgs(new([1], ["a", null], [Plain.Class, null], [[TimeSpan.FromSeconds(1)], []], [Leaf]), null),
            """{"value":{"a":[1],"b":["a",null],"c":[7,null],"d":[["00:00:01"],[]],"e":[{"name":"leaf","next":null,"children":null}]},"texts":null}""");
        await checker.CheckAsync(
            new ShapeJobsClient.ListInterfacesArgs(new([1, 2], ["a", "b"], [new(1, 2)], [null, Leaf]), [new(3, 4), new(5, 6)]),
            """{"value":{"a":[1,2],"b":["a","b"],"c":[{"x":1,"y":2}],"d":[null,{"name":"leaf","next":null,"children":null}]},"points":[{"x":3,"y":4},{"x":5,"y":6}]}""");
        await checker.CheckAsync(
            new ShapeJobsClient.EnumerablesArgs(new([1, 2], ["a"], [new(1, 2)], [Leaf, null]), Enumerable.Repeat("again", 2)),
            """{"value":{"a":[1,2],"b":["a"],"c":[{"x":1,"y":2}],"d":[{"name":"leaf","next":null,"children":null},null]},"texts":["again","again"]}""");
        await checker.CheckAsync(
            new ShapeJobsClient.SetsArgs(new([1], new SortedSet<string>(StringComparer.Ordinal) { "a", "b" }, [Guid.Empty], [null])),
            """{"value":{"a":[1],"b":["a","b"],"c":["00000000-0000-0000-0000-000000000000"],"d":[null]}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.ImmutableListsArgs(new([1, 2], ["a", null], [new(1, 2)], [3L], ImmutableArray.Create(Leaf))),
            """{"value":{"a":[1,2],"b":["a",null],"c":[{"x":1,"y":2}],"d":[3],"e":[{"name":"leaf","next":null,"children":null}]}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.DictionariesArgs(
                new(new() { ["one"] = 1 }, new() { ["a"] = null }, new() { ["p"] = new(1, 2) }, new() { ["n"] = Leaf, ["none"] = null }),
                new() { ["key with \"quotes\""] = "value" }),
            """{"value":{"a":{"one":1},"b":{"a":null},"c":{"p":{"x":1,"y":2}},"d":{"n":{"name":"leaf","next":null,"children":null},"none":null}},"texts":{"key with \u0022quotes\u0022":"value"}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.DictionaryInterfacesArgs(new(
                new Dictionary<string, int> { ["one"] = 1 },
                new Dictionary<string, Node> { ["n"] = Leaf },
                ImmutableDictionary<string, decimal?>.Empty.Add("d", 1.50m))),
            """{"value":{"a":{"one":1},"b":{"n":{"name":"leaf","next":null,"children":null}},"c":{"d":1.50}}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.GuidKeysArgs(new(new() { [Guid.Empty] = 1 }, ImmutableDictionary<Guid, Point?>.Empty.Add(Guid.Empty, new(1, 2)))),
            """{"value":{"a":{"00000000-0000-0000-0000-000000000000":1},"b":{"00000000-0000-0000-0000-000000000000":{"x":1,"y":2}}}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.EnumKeysArgs(new(
                new() { [DayOfWeek.Friday] = 1, [(DayOfWeek)(-9)] = 2 },
                new Dictionary<Days, string> { [Days.Monday | Days.Wednesday] = "both" },
                new() { [(Small)77] = 3 })),
            """{"value":{"a":{"Friday":1,"-9":2},"b":{"Monday, Wednesday":"both"},"c":{"77":3}}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.KeyInterfacesArgs(new(
                new Dictionary<int, Node> { [-1] = Leaf },
                new Dictionary<Guid, int> { [Guid.Empty] = 1 },
                ImmutableDictionary<DayOfWeek, decimal?>.Empty.Add(DayOfWeek.Monday, null))),
            """{"value":{"a":{"-1":{"name":"leaf","next":null,"children":null}},"b":{"00000000-0000-0000-0000-000000000000":1},"c":{"Monday":null}}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.LeavesArgs(
                new Drawing(new Circle(1.5), null, [new Square(2, "s")]),
                new CardPayment(9.50m, "4711"),
                new Till(new Cents(150), null, new() { ["left"] = new Cents(-1) }),
                Int128.MaxValue),
            """{"drawing":{"first":{"$type":"circle","radius":1.5},"second":null,"more":[{"$type":"square","side":2,"name":"s"}]},"payment":{"kind":1,"number":"4711","amount":9.50},"till":{"total":"150","change":null,"byDrawer":{"left":"-1"}},"large":170141183460469231731687303715884105727}""");
        await checker.CheckAsync(
            new ShapeJobsClient.NestedArgs(new(
                new() { ["a"] = [new() { ["b"] = [1, 2] }] },
                [[[["x"], ["y"]]]])),
            """{"value":{"a":{"a":[{"b":[1,2]}]},"b":[[[["x"],["y"]]]]}}""");
    }
}
