using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

internal static class ObjectShapes
{
    public static async Task RunAsync(ShapeChecker checker)
    {
        await checker.CheckAsync(
            new ShapeJobsClient.StructsArgs(
                new(new(1, 2), null, new(9.99m, "EUR") { Note = "n" }, new() { A = 1, B = "b" }, new(2, "c"), new Plainly(), [new Money(1m, "USD"), null]),
                new(3, 4),
                new Money(0.5m, "CHF")),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.RecursiveArgs(new("a", new("b", new("c")), [new("d", null, [])]), null),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.MutualArgs(new() { Value = 2, Next = new() { Value = 3, Next = new() { Value = 4 } } }),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.SettableArgs(new() { A = 1, B = "b", C = "c", D = [1, 2] }), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.InitOnlyArgs(new() { A = 1, C = null, D = new(1, 2), E = 3 }, [new()]),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.InitOnlyStructArgs(new() { B = "b" }), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.InheritedArgs(
                new() { Id = 1, BaseName = "b", MiddleName = "m", Virtual = "o", Own = "own", Hidden = 4 },
                new() { Id = 2 },
                new() { Id = 3, Virtual = "x" }),
            "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.InheritedRecordsArgs(new(1, 0.5) { Tag = "t", Extra = false }, new(2, null)),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.ChosenConstructorArgs(new(1, "x") { C = 3 }), "@@");
        await checker.CheckAsync(new ShapeJobsClient.OnlyConstructorArgs(new(1, null)), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.GenericsArgs(
                new(
                    new([new(1, 2)], new(3, 4), "next"),
                    new(["a"], null),
                    new() { Value = 1, More = [2] },
                    new() { Value = "v" },
                    new() { Value = new() { Value = new("n") } },
                    new(5, "inner"),
                    new() { Value = null, More = [null, 6] }),
                new([new([Guid.Empty], Guid.Empty)], null)),
            "@@");
        await checker.CheckAsync(new ShapeJobsClient.NotNullGenericsArgs(new() { Value = "v" }), "@@");
        await checker.CheckAsync(new ShapeJobsClient.EmptiesArgs(new(), [new(), new()]), "@@");
        await checker.CheckAsync(new ShapeJobsClient.DeepArgs(new(new(new([new(new() { ["deep"] = 4 })])))), "@@");
        await checker.CheckAsync(new ShapeJobsClient.InternalArgs(new(1, new("c"))), "@@");
        await checker.CheckAsync(
            new ShapeJobsClient.OrderArgs(Guid.Empty, "Ada", [new(1m, "EUR")], DateTimeOffset.UnixEpoch, new() { ["k"] = "v" }, Note: "n"),
            "@@");
    }
}
