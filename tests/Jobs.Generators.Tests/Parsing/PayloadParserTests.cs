using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Parsing;

/// <summary>Which types can travel, and what is said of the others.</summary>
public sealed class PayloadParserTests
{
    private const string Usings = """
        using System.Collections.Immutable;
        using System.Text.Json;
        using System.Text.Json.Serialization;

        """;

    private const string Context = """
        public interface IShape;
        [JsonSerializable(typeof(IShape))] [JsonSerializable(typeof(Int128))] public partial class ShopJson;
        """;

    [Theory]
    [InlineData("object value", "", "value: object: object says nothing of what it holds")]
    [InlineData("dynamic value", "", "value: dynamic: it is dynamic")]
    [InlineData("Action value", "", "value: Action: it is a delegate")]
    [InlineData("int[,] value", "", "value: int[,]: it is an array of more than one dimension")]
    [InlineData("(int A, int B) value", "", "value: (int A, int B): the names of a tuple do not survive; declare a record")]
    [InlineData("Exception value", "", "value: Exception: it is a framework type without a JSON form here")]
    [InlineData("System.IO.Stream value", "", "value: Stream: it is a framework type without a JSON form here")]
    [InlineData("Type value", "", "value: Type: it is a framework type without a JSON form here")]
    [InlineData("KeyValuePair<string, int> value", "", "value: KeyValuePair<string, int>: it is a framework type without a JSON form here")]
    [InlineData("JsonDocument value", "", "value: JsonDocument: it is a framework type without a JSON form here")]
    [InlineData("IEnumerable<IThing> value", "public interface IThing;", "value[]: IThing: it is an interface")]
    [InlineData("Thing value", "public abstract class Thing;", "value: Thing: it is abstract")]
    [InlineData("Thing value", "public class Thing : Exception;", "value: Thing: it derives from the framework type Exception")]
    [InlineData("Thing value", "public class Thing : List<int>;", "value: Thing: it derives from the framework type List")]
    [InlineData("Thing value", "public class Thing : IEnumerable<int> { public IEnumerator<int> GetEnumerator() => null!; System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => null!; }", "value: Thing: it is a collection of its own kind; use a list, array, set or dictionary")]
    [InlineData("Thing value", "[JsonConverter(typeof(JsonConverter<Thing>))] public class Thing;", "value: Thing: [JsonConverter] on it is not supported")]
    [InlineData("Kind value", "[JsonConverter(typeof(JsonStringEnumConverter))] public enum Kind { A }", "value: Kind: [JsonConverter] on it is not supported")]
    [InlineData("Thing value", "[JsonPolymorphic] public class Thing;", "value: Thing: [JsonPolymorphic] on it is not supported")]
    [InlineData("Dictionary<double, string> value", "", "value: double: the keys of a dictionary must be strings, integers, Guids or enums")]
    [InlineData("Order order", "public record Order(Customer Customer); public record Customer(List<IName> Names); public interface IName;", "order.Customer.Names[]: IName: it is an interface")]
    [InlineData("Order order", "public class Order { public Action? Done { get; set; } }", "order.Done: Action?: it is a delegate")]
    [InlineData("Order order", "public class Order { [JsonInclude] public int A { get; set; } }", "order.A: int: [JsonInclude] on it is not supported")]
    [InlineData("Order order", "public class Order { public int A { get; private set; } }", "order.A: int: reading would lose it: give it a public init or set accessor, take it in the constructor, or ignore it with [JsonIgnore]")]
    [InlineData("Order order", "public class Order { public List<int> A { get; } = []; }", "order.A: List<int>: reading would lose it: give it a public init or set accessor, take it in the constructor, or ignore it with [JsonIgnore]")]
    [InlineData("Order order", "public class Order { public int Id { get; set; } public int ID { get; set; } }", "order.ID: int: another property has the JSON name 'id' too")]
    [InlineData("Order order", "public class Order { public int A { get; set; } [JsonPropertyName(\"a\")] public int B { get; set; } }", "order.B: int: another property has the JSON name 'a' too")]
    [InlineData("Order order", "public class Order { [JsonIgnore] public required int A { get; set; } }", "order.A: int: it is required, but [JsonIgnore] leaves it out")]
    [InlineData("Order order", "public record Order([property: JsonIgnore] int A);", "order: Order: its constructor needs 'A', which [JsonIgnore] leaves out")]
    [InlineData("Order order", "public class Order { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int A { get; set; } }", "order.A: int: its [JsonIgnore] asks for null, which it cannot be")]
    [InlineData("Order order", "public class Order(int a) { public int B => a; }", "order: Order: its constructor's parameter 'a' matches no public property of the same name and type")]
    [InlineData("Order order", "public class Order(string a) { public int A { get; } = a.Length; }", "order: Order: its constructor's parameter 'a' matches no public property of the same name and type")]
    [InlineData("Order order", "public class Order { public Order(int a) => A = a; public Order(int a, int b) => A = b; public int A { get; } }", "order: Order: it has no public constructor to choose; mark one with [JsonConstructor]")]
    [InlineData("Order order", "public class Order { private Order() { } }", "order: Order: it has no public constructor to choose; mark one with [JsonConstructor]")]
    [InlineData("Order order", "public class Order { [JsonConstructor] private Order() { } }", "order: Order: generated code cannot access its constructor")]
    [InlineData("Order order", "public class Order(ref int a) { public int A { get; } = a; }", "order: Order: its constructor takes 'a' by reference")]
    [InlineData("Endless<int> value", "public class Endless<T> { public Endless<Endless<T>>? A { get; set; } public Endless<List<T>>? B { get; set; } }", "its types nest without end")]
    [InlineData("int id, int Id", "", "Id: int: another parameter has the JSON name 'id' too")]
    public void A_payload_is_refused_with_path_and_reason(string parameters, string types, string problem)
    {
        var (model, problems) = Parse(parameters, types);

        Assert.Null(model);
        Assert.EndsWith(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_of_a_payload_is_reported_once()
    {
        var (_, problems) = Parse("Order a, List<Order> b, System.IO.Stream c", "public record Order(Action A, Func<int> B);");

        Assert.Equal(["a.A: Action: it is a delegate", "a.B: Func<int>: it is a delegate", "c: Stream: it is a framework type without a JSON form here"], problems);
    }

    [Fact]
    public void A_type_that_does_not_exist_is_left_to_the_compiler()
    {
        var (model, problems) = Parse("Missing value");

        Assert.Null(model);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("IShape value", "")]
    [InlineData("List<IShape?> value", "")]
    [InlineData("Int128 value, Int128? other", "")]
    [InlineData("R value", "public sealed record R(Dictionary<int, IShape> A);")]
    public void A_context_takes_what_it_covers(string parameters, string types) => Assert.NotNull(Parse(parameters, types + Context).Model);

    [Fact]
    public void A_context_that_does_not_cover_a_type_is_told_how()
    {
        var (_, problems) = Parse("IOther value", "public interface IOther;" + Context);

        Assert.Equal("value: IOther: it is an interface; [JsonSerializable(typeof(IOther))] on ShopJson would leave it to that", Assert.Single(problems));
    }

    [Theory]
    [InlineData("Dictionary<int, string> value")]
    [InlineData("Dictionary<Guid, string> value")]
    [InlineData("IReadOnlyDictionary<DayOfWeek, string> value")]
    [InlineData("ImmutableDictionary<ulong, string> value")]
    public void A_dictionary_may_have_keys_that_are_a_name(string parameters) => Assert.NotNull(Parse(parameters).Model);

    [Theory]
    [InlineData("int a, string? b, Guid? c, DayOfWeek d, Uri e, TimeSpan f", "")]
    [InlineData("ImmutableArray<string> a, ImmutableDictionary<string, ImmutableList<int>> b", "")]
    [InlineData("R a", "public sealed record R(int A, R? Next) { public string B { get; init; } = \"\"; public int C => A; }")]
    [InlineData("R a, R? b", "public readonly record struct R(int A);")]
    [InlineData("R a", "public abstract record B(int A); public sealed record R(int A, string C) : B(A);")]
    [InlineData("R<int> a", "public sealed record R<T>(T A);")]
    [InlineData("R a", "public sealed class R(int a) { public int A { get; } = a; }")]
    public void A_payload_is_immutable(string parameters, string types) => Assert.True(Parse(parameters, types).Model!.IsImmutable);

    [Theory]
    [InlineData("int[] a", "")]
    [InlineData("byte[] a", "")]
    [InlineData("ReadOnlyMemory<byte> a", "")]
    [InlineData("JsonElement a", "")]
    [InlineData("List<int> a", "")]
    [InlineData("IReadOnlyList<int> a", "")]
    [InlineData("ImmutableArray<int[]> a", "")]
    [InlineData("R a", "public record R(int A);")]
    [InlineData("R a", "public record struct R(int A);")]
    [InlineData("R a", "public sealed record R(int[] A);")]
    [InlineData("R a", "public sealed class R { public int A { get; set; } }")]
    [InlineData("R a", "public sealed record R(int A) { private int _b; public void Count() => _b++; }")]
    [InlineData("R a", "public sealed record R(int A) { public int B; }")]
    [InlineData("R a", "public sealed record R(int A) { [JsonIgnore] public int B { get; init; } }")]
    [InlineData("R a", "public class B { public int C { get; set; } } public sealed class R : B;")]
    [InlineData("R<int[]> a", "public sealed record R<T>(T A);")]
    [InlineData("Int128 a", Context)]
    [InlineData("IShape a", Context)]
    public void A_payload_may_change(string parameters, string types) => Assert.False(Parse(parameters, types).Model!.IsImmutable);

    [Fact]
    public void Members_are_named_typed_and_defaulted()
    {
        var model = Parse("Guid userId, string? @class = \"a\\n\", decimal? URLValue = 1.5m, int[]? list = null").Model!;

        Assert.Equal(["userId", "class", "URLValue", "list"], model.Members.Select(member => member.Name));
        Assert.Equal(["UserId", "Class", "URLValue", "List"], model.Members.Select(member => member.PropertyName));
        Assert.Equal(["userId", "class", "urlValue", "list"], model.Members.Select(member => member.JsonName));
        Assert.Equal(["global::System.Guid", "string?", "decimal?", "int[]?"], model.Members.Select(member => member.Type.FullName));
        Assert.Equal([null, "\"a\\n\"", "1.5M", "null"], model.Members.Select(member => member.Default));
    }

    [Fact]
    public void Models_of_equal_source_are_equal() =>
        Assert.Equal(Parse("R a", "public record R(List<R?> A, int B = 3);").Model, Parse("R a", "public record R(List<R?> A, int B = 3);").Model);

    private static (PayloadModel? Model, List<string> Problems) Parse(string parameters, string types = "")
    {
        var source = $$"""{{Usings}} {{(types.Contains("ShopJson", StringComparison.Ordinal) ? "[JobJsonContext(typeof(ShopJson))]" : "")}} public static class TestJobs { public static void Run({{parameters}}) { } } {{types}}""";
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, source, "Shop");
        var method = (IMethodSymbol)compilation.GetTypeByMetadataName("TestJobs")!.GetMembers("Run").Single();
        var problems = new List<string>();
        var model = PayloadParser.Parse(method.Parameters, compilation, problem => problems.Add($"{problem.Path}: {problem.Type}: {problem.Reason}"), default);
        return (model, problems);
    }
}
