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
            """{"value":{"a":{"x":1,"y":2},"b":null,"c":{"amount":9.99,"currency":"EUR","note":"n"},"d":{"a":1,"b":"b"},"e":{"a":2,"b":"c"},"f":{"a":0,"b":null},"g":[{"amount":1,"currency":"USD","note":null},null]},"point":{"x":3,"y":4},"money":{"amount":0.5,"currency":"CHF","note":null}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.RecursiveArgs(new("a", new("b", new("c")), [new("d", null, [])]), null),
            """{"value":{"name":"a","next":{"name":"b","next":{"name":"c","next":null,"children":null},"children":null},"children":[{"name":"d","next":null,"children":[]}]},"other":null}""");
        await checker.CheckAsync(
            new ShapeJobsClient.MutualArgs(new() { Value = 2, Next = new() { Value = 3, Next = new() { Value = 4 } } }),
            """{"value":{"next":{"next":{"next":null,"value":4},"value":3},"value":2}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.SettableArgs(new() { A = 1, B = "b", C = "c", D = [1, 2] }),
            """{"value":{"a":1,"b":"b","c":"c","d":[1,2]}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.InitOnlyArgs(new() { A = 1, C = null, D = new(1, 2), E = 3 }, [new()]),
            """{"value":{"a":1,"b":"seven","c":null,"d":{"x":1,"y":2},"e":3},"more":[{"a":7,"b":"seven","c":"c","d":{"x":7,"y":7},"e":8}]}""");
        await checker.CheckAsync(new ShapeJobsClient.InitOnlyStructArgs(new() { B = "b" }), """{"value":{"a":7,"b":"b"}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.InheritedArgs(
                new() { Id = 1, BaseName = "b", MiddleName = "m", Virtual = "o", Own = "own", Hidden = 4 },
                new() { Id = 2 },
                new() { Id = 3, Virtual = "x" }),
            """{"value":{"own":"own","middleName":"m","virtual":"o","hidden":4,"id":1,"baseName":"b"},"middle":{"middleName":"middle","virtual":"middle","hidden":3,"id":2,"baseName":"base"},"root":{"id":3,"baseName":"base","virtual":"x","hidden":null}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.InheritedRecordsArgs(new(1, 0.5) { Tag = "t", Extra = false }, new(2, null)),
            """{"value":{"score":0.5,"extra":false,"id":1,"tag":"t"},"root":{"id":2,"tag":null}}""");
        await checker.CheckAsync(new ShapeJobsClient.ChosenConstructorArgs(new(1, "x") { C = 3 }), """{"value":{"a":1,"b":"x","c":3}}""");
        await checker.CheckAsync(new ShapeJobsClient.OnlyConstructorArgs(new(1, null)), """{"value":{"first":1,"second":null,"sum":2}}""");
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
            """{"value":{"a":{"items":[{"x":1,"y":2}],"first":{"x":3,"y":4},"next":"next"},"b":{"items":["a"],"first":null,"next":null},"c":{"value":1,"more":[2]},"d":{"value":"v","more":[]},"e":{"value":{"value":{"name":"n","next":null,"children":null},"more":[]},"more":[]},"f":{"a":5,"b":"inner"},"g":{"value":null,"more":[null,6]}},"pages":{"items":[{"items":["00000000-0000-0000-0000-000000000000"],"first":"00000000-0000-0000-0000-000000000000","next":null}],"first":null,"next":null}}""");
        await checker.CheckAsync(new ShapeJobsClient.NotNullGenericsArgs(new() { Value = "v" }), """{"value":{"value":"v"}}""");
        await checker.CheckAsync(new ShapeJobsClient.EmptiesArgs(new(), [new(), new()]), """{"value":{},"more":[{},{}]}""");
        await checker.CheckAsync(
            new ShapeJobsClient.DeepArgs(new(new(new([new(new() { ["deep"] = 4 })])))),
            """{"value":{"a":{"b":{"c":[{"d":{"deep":4}}]}}}}""");
        await checker.CheckAsync(new ShapeJobsClient.InternalArgs(new(1, new("c"))), """{"value":{"a":1,"b":{"c":"c"}}}""");
        await checker.CheckAsync(
            new ShapeJobsClient.OrderArgs(Guid.Empty, "Ada", [new(1m, "EUR")], DateTimeOffset.UnixEpoch, new() { ["k"] = "v" }, Note: "n"),
            """{"id":"00000000-0000-0000-0000-000000000000","customer":"Ada","lines":[{"amount":1,"currency":"EUR","note":null}],"at":"1970-01-01T00:00:00+00:00","tags":{"k":"v"},"express":false,"note":"n"}""");
    }
}
