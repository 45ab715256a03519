using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What <c>docs/rules/names-called-jobs.md</c> says of a user's own <c>Jobs</c>.</summary>
public sealed class NamesCalledJobsTests
{
    [Theory]
    [InlineData("namespace Shop.Jobs { class X; } namespace Shop { class Y { Jobs.JobContext? _context; } }", "CS0234")]
    [InlineData("namespace Shop.Jobs { class X; } namespace Shop { using Jobs; class Job; class Y { JobContext? _context; } }", null)]
    [InlineData("namespace Shop { class Jobs; class Y { Jobs.JobContext? _context; } }", "CS0426")]
    [InlineData("class Jobs;", "CS0138")]
    [InlineData("namespace Shop { class Job; class Y { [Job] void Run() { } } }", null)]
    [InlineData("namespace Shop { class JobContext; class Y { int Run(JobContext context) => context.Attempt; } }", "CS1061")]
    public void Own_names_win(string source, string? error) => Assert.Equal(error is null ? [] : [error], Errors(source));

    [Fact]
    public void A_using_inside_the_namespace_imports_the_nearer_one() => Assert.Equal(["CS0246"], Errors(
        "namespace Shop.Jobs { class X; } namespace Shop { using Jobs; class Y { JobContext? _context; } }", usings: "").Distinct());

    [Theory]
    [InlineData("namespace Shop.Jobs { public static class EmailJobs { [Job] public static void Send(int id) { } } }")]
    [InlineData("namespace Shop.Jobs { public class X; } namespace Shop { using global::Jobs; public static class EmailJobs { [Job] public static void Send(int id) { } } }")]
    [InlineData("namespace Shop { public class JobContext; public static class EmailJobs { [Job] public static void Send(global::Jobs.JobContext context) { } } }")]
    [InlineData("namespace Shop { public static class Jobs { [Job] public static void Send(int id) { } } }")]
    public async Task The_cures_work(string source)
    {
        Assert.Contains("SendDefinition", GeneratorRunner.Run(source).Text, StringComparison.Ordinal);
        Assert.Empty(await AnalyzerRunner.RunAsync(source));
    }

    private static IEnumerable<string> Errors(string source, string usings = "using Jobs;\n") =>
        CSharpCompilation.Create("Shop", [CSharpSyntaxTree.ParseText(usings + source)], References.All, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id);
}
