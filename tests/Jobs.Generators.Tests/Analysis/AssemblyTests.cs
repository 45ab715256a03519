using System.Globalization;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What only shows when the types of an assembly, or of two, are looked at together.</summary>
public sealed class AssemblyTests
{
    [Theory]
    [InlineData("email.send", "email.send")]
    [InlineData("email.send", "Email.Send")]
    public async Task S84_one_name_for_two_jobs_is_reported_at_both(string first, string second)
    {
        var found = await AnalyzerRunner.RunAsync($$"""
            public static class A { [Job("{{first}}")] public static void First() { } }
            public static class B { [Job("{{second}}")] public static void Second() { } }
            public static class C { [Job] public static void Third() { } }
            """);
        Assert.Equal(["JOBS016 First", "JOBS016 Second"], found.Select(AnalyzerRunner.Describe));
        Assert.Contains("'B.Second'", found[0].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(found[1].Location, Assert.Single(found[0].AdditionalLocations));
        Assert.Equal(found[0].Location, Assert.Single(found[1].AdditionalLocations));
    }

    [Theory]
    [InlineData("\"b\"")]
    [InlineData("\"c\", Aliases = [\"B\"]")]
    public async Task S84_a_former_name_that_another_job_has_is_reported_at_both(string second)
    {
        var found = await AnalyzerRunner.RunAsync($$"""
            public static class A { [Job("a", Aliases = ["b", "A"])] public static void First() { } }
            public static class B { [Job({{second}})] public static void Second() { } }
            """);
        Assert.Equal(["JOBS016 First", "JOBS016 Second"], found.Select(AnalyzerRunner.Describe));
    }

    [Fact]
    public async Task A_derived_name_may_be_the_given_one_of_another()
    {
        var found = await AnalyzerRunner.RunAsync("public static class EmailJobs { [Job] public static void Send() { } [Job(\"email.send\")] public static void Other() { } }");
        Assert.Equal(["JOBS016 Send", "JOBS016 Other"], found.Select(AnalyzerRunner.Describe));
    }

    [Fact]
    public async Task Two_types_with_one_client_are_reported_once_at_the_second()
    {
        var found = await AnalyzerRunner.RunAsync("""
            public static class OuterEmailJobs { [Job("a")] public static void A() { } }
            public static class Outer { public static class EmailJobs { [Job("b")] public static void B() { } [Job("c")] public static void C() { } } }
            """);
        Assert.Equal("JOBS018 EmailJobs", AnalyzerRunner.Describe(Assert.Single(found)));
        Assert.Contains("'OuterEmailJobs'", found[0].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespaces_tell_clients_apart() => Assert.Empty(await AnalyzerRunner.RunAsync("""
        namespace A { public static class EmailJobs { [Job("a")] public static void Run() { } } }
        namespace B { public static class EmailJobs { [Job("b")] public static void Run() { } } }
        """));

    [Fact]
    public async Task Two_handlers_of_one_contract_are_reported_at_both()
    {
        var found = await AnalyzerRunner.RunAsync("""
            [JobContract] public interface IWork { [Job] void Do(int id); }
            [JobHandler] public class First : IWork { public void Do(int id) { } }
            [JobHandler] public class Second : IWork { public void Do(int id) { } }
            public class Fake : IWork { public void Do(int id) { } }
            """);
        Assert.Equal(["JOBS022 First", "JOBS022 Second"], found.Select(AnalyzerRunner.Describe));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_contract_compiled_without_the_generator_has_no_args(bool isSource)
    {
        // An editor gives the analyzer the other project's source, which is no place to report at.
        var contract = GeneratorRunner.Compile(LanguageVersion.CSharp14, "[JobContract] public interface IWork { [Job] void Do(int id); }", "Contracts");
        var found = await AnalyzerRunner.RunAsync("[JobHandler] public class Work : IWork { public void Do(int id) { } }", isSource ? contract.ToMetadataReference() : Image(contract));
        Assert.Equal("JOBS021 Work", AnalyzerRunner.Describe(Assert.Single(found)));
        Assert.Contains("'IWork.Do(int)'", found[0].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_compiled_with_it_is_silent()
    {
        var contract = GeneratorRunner.Run("[JobContract] public interface IWork { [Job] void Do(int id); }", "Contracts");
        Assert.Empty(await AnalyzerRunner.RunAsync("[JobHandler] public class Work : IWork { public void Do(int id) { } }", contract.ToReference()));
    }

    [Fact]
    public async Task A_payload_of_another_project_is_reported_at_the_parameter()
    {
        var shared = GeneratorRunner.Compile(LanguageVersion.CSharp14, "public class Upload { public System.IO.Stream? Body { get; set; } }", "Shared");
        var found = await AnalyzerRunner.RunAsync("public static class TestJobs { [Job] public static void Run(Upload upload) { } }", shared.ToMetadataReference());
        Assert.Equal("JOBS013 upload", AnalyzerRunner.Describe(Assert.Single(found)));
        Assert.Empty(found[0].AdditionalLocations);
    }

    [Fact]
    public async Task Files_are_in_the_generators_order()
    {
        // The analyzer meets types in any order; which of two jobs stays must not depend on it.
        const string Source = """
            public static partial class TestJobs { [Job("b", ArgsName = "X")] public static void B() { } }
            public static partial class TestJobs { [Job("a", ArgsName = "X")] public static void A() { } }
            """;
        Assert.Equal("JOBS012 A", AnalyzerRunner.Describe(Assert.Single(await AnalyzerRunner.RunAsync(Source))));
        Assert.Contains("\"TestJobs.B\"", GeneratorRunner.RunOnBroken(Source)["TestJobsClient.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assembly_without_a_reference_is_left_alone()
    {
        var compilation = CSharpCompilation.Create("Plain", [CSharpSyntaxTree.ParseText("[Job] class A { [Job] void B() { } }", cancellationToken: TestContext.Current.CancellationToken)]);
        Assert.Empty(await AnalyzerRunner.AnalyzeAsync(compilation));
    }

    private static PortableExecutableReference Image(CSharpCompilation compilation)
    {
        using var stream = new MemoryStream();
        Assert.True(compilation.Emit(stream).Success);
        return MetadataReference.CreateFromImage(stream.ToArray());
    }
}
