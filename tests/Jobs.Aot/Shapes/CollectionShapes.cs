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
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.ListsArgs(new([1], ["a", null], [Plain.Class, null], [[TimeSpan.FromSeconds(1)], []], [Leaf]), null),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.ListInterfacesArgs(new([1, 2], ["a", "b"], [new(1, 2)], [null, Leaf]), [new(3, 4), new(5, 6)]),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.EnumerablesArgs(new([1, 2], ["a"], [new(1, 2)], [Leaf, null]), Enumerable.Repeat("again", 2)),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.SetsArgs(new([1], new SortedSet<string>(StringComparer.Ordinal) { "a", "b" }, [Guid.Empty], [null])),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.ImmutableListsArgs(new([1, 2], ["a", null], [new(1, 2)], [3L], ImmutableArray.Create(Leaf))),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.DictionariesArgs(
                new(new() { ["one"] = 1 }, new() { ["a"] = null }, new() { ["p"] = new(1, 2) }, new() { ["n"] = Leaf, ["none"] = null }),
                new() { ["key with \"quotes\""] = "value" }),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.DictionaryInterfacesArgs(new(
                new Dictionary<string, int> { ["one"] = 1 },
                new Dictionary<string, Node> { ["n"] = Leaf },
                ImmutableDictionary<string, decimal?>.Empty.Add("d", 1.50m))),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.NestedArgs(new(
                new() { ["a"] = [new() { ["b"] = [1, 2] }] },
                [[[["x"], ["y"]]]])),
            "@@");
    }
}
