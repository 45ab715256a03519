using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Serialization.Tests;

/// <summary>Writing a payload allocates nothing once buffers have grown.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Writing_an_order_allocates_nothing() => AssertNone(new OracleJobsClient.OrderArgs(
        new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        "Zoë",
        [new Money(1.10m, "EUR"), new Money(2, "USD") { Note = "<>" }],
        new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(1)),
        new Dictionary<string, string> { ["a"] = "b" }));

    [Fact]
    public void Writing_scalars_allocates_nothing()
    {
        AssertNone(new OracleJobsClient.TimesArgs(new Times(TimeSpan.FromTicks(-5), new TimeOnly(1, 2), null, null), TimeSpan.MaxValue, default));
        AssertNone(new OracleJobsClient.DatesArgs(new Dates(default, default, default, null, null, new DateOnly(1, 2, 3)), default, default, default));
        AssertNone(new OracleJobsClient.EnumsArgs(new Enums(default, default, default, default, default, null, Flags.Last), default, DayOfWeek.Friday));
        AssertNone(new OracleJobsClient.OthersArgs(new Others(default, null, new Uri("https://example.com"), null, new Version(1, 2), null, true, null), default, new Uri("x", UriKind.Relative), new Version(1, 2, 3)));
        AssertNone(new OracleJobsClient.TextsArgs(new Texts('a', null, "b", null), "c", null));
        AssertNone(new OracleJobsClient.BinariesArgs(new Binaries([1], null, default, null), [2], new byte[] { 3 }));
    }

    [Fact]
    public void Writing_collections_through_their_interfaces_allocates_nothing()
    {
        AssertNone(new OracleJobsClient.EnumerablesArgs(new Enumerables([1, 2], new List<string> { "a" }, new[] { new Point(1, 2) }, null), new List<string> { "b" }));
        AssertNone(new OracleJobsClient.ListInterfacesArgs(new ListInterfaces([1], ["a"], [new Point(1, 2)], [null]), [new Point(3, 4)]));
        AssertNone(new OracleJobsClient.SetsArgs(new Sets([1], new HashSet<string> { "a" }, [], [null])));
        AssertNone(new OracleJobsClient.ImmutableListsArgs(new ImmutableLists([1], ["a"], [new Point(1, 2)], [5], ImmutableArray<Node>.Empty)));
        AssertNone(new OracleJobsClient.DictionaryInterfacesArgs(new DictionaryInterfaces(
            new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, Node> { ["b"] = new("n") }, ImmutableDictionary<string, decimal?>.Empty.Add("c", 1.5m))));
    }

    private static void AssertNone<TArgs>(TArgs args)
        where TArgs : struct, IJobArgs<TArgs>
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        for (var i = 0; i < 10; i++)
        {
            Write(args, buffer, writer);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            Write(args, buffer, writer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Write<TArgs>(in TArgs args, ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
        where TArgs : struct, IJobArgs<TArgs>
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        JobJson.WritePayload(TArgs.Definition, writer, in args);
        writer.Flush();
    }
}
