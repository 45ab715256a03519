using Jobs.Generators.Model;
using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests.Parsing;

/// <summary>The nine rules that tell payload from services.</summary>
public sealed class ParameterClassifierTests
{
    private const string Types = """
        public interface IMailer { }
        public interface IConnection : IDisposable { }
        public abstract class Shape { }
        [System.Text.Json.Serialization.JsonPolymorphic] public abstract class Animal { }
        public class Resource : IDisposable { public void Dispose() { } }
        public class AsyncResource : IAsyncDisposable { public ValueTask DisposeAsync() => default; }
        public record Order(int Id);
        public enum Colour { Red }
        public sealed class FromServicesAttribute : Attribute { }
        """;

    [Theory]
    [InlineData("CancellationToken x", "CancellationToken")]
    [InlineData("JobContext x", "JobContext")]
    [InlineData("[Service] Order x", "Service")]
    [InlineData("[FromServices] Order x", "Service")]
    [InlineData("[Service] Resource x", "Service")]
    [InlineData("[Service] Func<int> x", "Service")]
    [InlineData("[Microsoft.Extensions.DependencyInjection.FromKeyedServices(1)] Order x", "Service")]
    [InlineData("IServiceProvider x", "Service")]
    [InlineData("TimeProvider x", "Service")]
    [InlineData("IMailer x", "Service")]
    [InlineData("IConnection x", "Service")]
    [InlineData("IEnumerable<IMailer> x", "Service")]
    [InlineData("IReadOnlyList<Resource> x", "Service")]
    [InlineData("IReadOnlyDictionary<string, IMailer> x", "Service")]
    [InlineData("System.Collections.IEnumerable x", "Service")]
    [InlineData("IEnumerable<Order> x", "Payload")]
    [InlineData("IReadOnlyDictionary<string, List<Order>> x", "Payload")]
    [InlineData("IReadOnlyCollection<int> x", "Payload")]
    [InlineData("Order x", "Payload")]
    [InlineData("int? x", "Payload")]
    [InlineData("Colour x", "Payload")]
    [InlineData("params string[] x", "Payload")]
    public void A_parameter_is(string parameter, string expected)
    {
        var kind = Classify(parameter, out var problems);
        Assert.Empty(problems);
        Assert.Equal(Enum.Parse<ArgumentKind>(expected), kind);
    }

    [Theory]
    [InlineData("ref int x", "JOBS005 x: x | int | it is passed by reference; remove 'ref'")]
    [InlineData("in CancellationToken x", "JOBS005 x: x | System.Threading.CancellationToken | it is passed by reference; remove 'in'")]
    [InlineData("ref readonly int x", "JOBS005 x: x | int | it is passed by reference; remove 'ref readonly'")]
    [InlineData("CancellationToken? x", "JOBS005 x: x | System.Threading.CancellationToken? | a token cannot be null; write CancellationToken token = default")]
    [InlineData("Action x", "JOBS005 x: x | System.Action | a delegate cannot travel; pass what it decides on, or mark it [Service]")]
    [InlineData("System.IO.Stream x", "JOBS005 x: x | System.IO.Stream | a stream cannot travel; store the content and pass its key, or pass a byte[]")]
    [InlineData("System.IO.MemoryStream x", "JOBS005 x: x | System.IO.MemoryStream | a stream cannot travel; store the content and pass its key, or pass a byte[]")]
    [InlineData("Type x", "JOBS005 x: x | System.Type | a type cannot travel; pass its name or an enum")]
    [InlineData("object x", "JOBS005 x: x | object | its type does not say what travels; declare a record")]
    [InlineData("dynamic x", "JOBS005 x: x | dynamic | its type does not say what travels; declare a record")]
    [InlineData("[Service] dynamic x", "JOBS005 x: x | dynamic | no container can hold its type; wrap it in a class")]
    [InlineData("Task<int> x", "JOBS005 x: x | System.Threading.Tasks.Task<int> | a task cannot travel; await it and pass its result")]
    [InlineData("IAsyncEnumerable<int> x", "JOBS005 x: x | System.Collections.Generic.IAsyncEnumerable<int> | an asynchronous sequence cannot travel; pass a list, or what to query for")]
    [InlineData("System.Linq.IQueryable<int> x", "JOBS005 x: x | System.Linq.IQueryable<int> | a query cannot travel; pass what to query for")]
    [InlineData("(int A, int B) x", "JOBS005 x: x | (int A, int B) | the names of a tuple's members are lost; declare a record")]
    [InlineData("Span<int> x", "JOBS005 x: x | System.Span<int> | a ref struct cannot leave the stack; use an array or ReadOnlyMemory<byte>")]
    [InlineData("params ReadOnlySpan<int> x", "JOBS005 x: x | params System.ReadOnlySpan<int> | a ref struct cannot leave the stack; use an array or ReadOnlyMemory<byte>")]
    [InlineData("Resource x", "JOBS006 x: x | Resource | it is disposable")]
    [InlineData("AsyncResource x", "JOBS006 x: x | AsyncResource | it is disposable")]
    [InlineData("System.Net.Http.HttpClient x", "JOBS006 x: x | System.Net.Http.HttpClient | it is disposable")]
    [InlineData("Shape x", "JOBS006 x: x | Shape | it is abstract")]
    [InlineData("JobBatch x", "JOBS008 Run: a JobBatch needs [Batch] on the method")]
    [InlineData("CancellationToken a, CancellationToken x", "JOBS007 x: x | CancellationToken")]
    [InlineData("JobContext a, JobContext x", "JOBS007 x: x | JobContext")]
    public void A_parameter_is_refused(string parameter, string problem)
    {
        var parsed = Parsed.OfParameters(parameter, Types);
        Assert.Null(parsed.Job);
        Assert.Equal(problem.Replace("| params ", "| ", StringComparison.Ordinal), Assert.Single(parsed.Problems));
    }

    [Fact]
    public void An_unknown_type_may_be_a_client_and_is_else_left_to_the_compiler()
    {
        var parsed = Parsed.OfParameters("Missing x");
        Assert.Equal(["global::Missing"], Assert.Single(parsed.Job!.Clients).Candidates);
        Assert.Empty(parsed.Problems);
    }

    [Theory]
    [InlineData("ref Missing x")]
    [InlineData("[Payload] Missing x")]
    [InlineData("Missing[] x")]
    [InlineData("IReadOnlyList<Missing> x")]
    public void An_unknown_type_that_can_be_no_client_is_left_to_the_compiler(string parameter)
    {
        var parsed = Parsed.OfParameters(parameter);
        Assert.Null(parsed.Job);
        Assert.Empty(parsed.Problems);
    }

    [Fact]
    public void A_batch_of_an_unknown_type_is_left_to_the_compiler()
    {
        var parsed = Parsed.Of("public static class TestJobs { [Job, Batch] public static void Run(Missing items) { } }");
        Assert.Null(parsed.Job);
        Assert.Empty(parsed.Problems);
    }

    [Fact]
    public void A_polymorphic_abstract_class_is_payload() =>
        Assert.DoesNotContain(Parsed.OfParameters("Animal x", Types).Problems, static p => p.StartsWith("JOBS006", StringComparison.Ordinal));

    [Fact]
    public void An_attribute_makes_payload_of_what_looks_like_a_service() =>
        Assert.DoesNotContain(Parsed.OfParameters("[Payload] Resource x", Types).Problems, static p => p.StartsWith("JOBS006", StringComparison.Ordinal));

    private static ArgumentKind Classify(string parameter, out IReadOnlyList<string> problems)
    {
        var parsed = Parsed.OfParameters(parameter, Types);
        problems = parsed.Problems;
        return parsed.Job?.Job.Call?.Arguments.Single().Kind ?? (ArgumentKind)(-1);
    }
}
