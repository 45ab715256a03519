using System.Collections.Immutable;
using Jobs.Generators.Analysis;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>
/// Runs every analyzer, and demands of every run that none throws, and that they say the same of what the user wrote
/// and of it with the generator's output beside it.
/// </summary>
internal static class AnalyzerRunner
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
        [new JobAnalyzer(), new JobHandlerAnalyzer(), new JobContractAnalyzer(), new MisplacedJobAnalyzer(), new ShippedJobsAnalyzer(), new UnawaitedEnqueueAnalyzer(), new CutPayloadAnalyzer(), new EndlessJobAnalyzer(), new UnhandledContractAnalyzer()];

    public static Task<IReadOnlyList<Diagnostic>> RunAsync(string source, params MetadataReference[] references) => RunShippedAsync(source, null, references);

    /// <summary>Runs with a <c>Jobs.Shipped.txt</c> beside the source.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> RunShippedAsync(string source, string? shipped, params MetadataReference[] references)
    {
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, source, "Shop", references);
        var alone = await AnalyzeAsync(compilation, shipped);
        var together = await AnalyzeAsync(Generate(compilation), shipped);
        Assert.Equal(alone.Select(Describe), together.Select(Describe));
        return alone;
    }

    /// <summary>Runs on a program that calls what is generated of it, and so means nothing alone.</summary>
    public static Task<IReadOnlyList<Diagnostic>> RunOnCallsAsync(string source, params MetadataReference[] references)
    {
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, source, "Shop", references);
        return AnalyzeAsync(Generate(compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication))));
    }

    /// <summary>Adds the generator's output.</summary>
    public static Compilation Generate(Compilation compilation)
    {
        CSharpGeneratorDriver.Create([new JobGenerator().AsSourceGenerator()], parseOptions: (CSharpParseOptions)compilation.SyntaxTrees.First().Options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        return generated;
    }

    /// <summary>Runs on source that may be anything; only that no analyzer throws is asked.</summary>
    public static Task RunOnBrokenAsync(string source) => AnalyzeAsync(GeneratorRunner.Compile(LanguageVersion.CSharp14, source, "Shop"));

    /// <summary>The id of a diagnostic and the source that it points at: <c>JOBS001 Run</c>; for another file the line: <c>JOBS029 line 1</c>.</summary>
    public static string Describe(Diagnostic diagnostic) =>
        $"{diagnostic.Id} {TextAt(diagnostic.Location) ?? $"line {diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}"}";

    public static string? TextAt(Location location) => location.SourceTree?.GetText().ToString(location.SourceSpan);

    public static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(Compilation compilation, string? shipped = null)
    {
        var token = TestContext.Current.CancellationToken;
        var faults = new List<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(shipped is null ? [] : [new ShippedText(shipped)]), (exception, analyzer, _) => faults.Add($"{analyzer}: {exception}"), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var diagnostics = await compilation.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync(token);
        Assert.Empty(faults);
        return [.. diagnostics.OrderBy(static d => d.Location.SourceSpan.Start).ThenBy(static d => d.Id, StringComparer.Ordinal)];
    }
}
