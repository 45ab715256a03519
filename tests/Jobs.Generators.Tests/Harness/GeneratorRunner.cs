using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Harness;

/// <summary>
/// Runs the generator, and demands of every run, whatever the test is about: that its output compiles without a warning as C# 13 and
/// as C# 14, and that an unrelated edit re-runs nothing.
/// </summary>
internal static class GeneratorRunner
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Jobs;
        """;

    public static GeneratorResult Run(string source, string assemblyName = "Shop", params MetadataReference[] references)
    {
        RunAs(LanguageVersion.CSharp13, source, assemblyName, references);
        return RunAs(LanguageVersion.CSharp14, source, assemblyName, references);
    }

    public static GeneratorResult RunAs(LanguageVersion version, string source, string assemblyName = "Shop", params MetadataReference[] references) =>
        RunOn(Compile(version, source, assemblyName, references));

    /// <summary>Runs on a whole program.</summary>
    public static GeneratorResult RunOn(CSharpCompilation compilation)
    {
        var version = compilation.LanguageVersion;
        GeneratorDriver driver = CreateDriver(version).RunGenerators(compilation);
        AssertCached(driver.RunGenerators(compilation.AddSyntaxTrees(Parse(version, "internal class Unrelated;", "Unrelated.cs"))));

        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);
        Assert.Empty(diagnostics);
        var result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        var output = (CSharpCompilation)updated;
        AssertSilent(output, result.GeneratedSources.Select(static s => s.SyntaxTree).ToHashSet());
        return new GeneratorResult(output, result.GeneratedSources.ToDictionary(static s => s.HintName, static s => s.SourceText.ToString()));
    }

    /// <summary>Runs on source that does not compile, or of which the user must be told something.</summary>
    public static IReadOnlyDictionary<string, string> RunOnBroken(string source, params MetadataReference[] references)
    {
        var driver = CreateDriver(LanguageVersion.CSharp14).RunGenerators(Compile(LanguageVersion.CSharp14, source, "Shop", references));
        var result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        return result.GeneratedSources.ToDictionary(static s => s.HintName, static s => s.SourceText.ToString());
    }

    /// <summary>Runs on source that does not compile.</summary>
    /// <returns>All that the user is told, as <c>file: id</c>.</returns>
    public static IReadOnlyList<string> FindErrors(string source)
    {
        CreateDriver(LanguageVersion.CSharp14).RunGeneratorsAndUpdateCompilation(Compile(LanguageVersion.CSharp14, source, "Shop"), out var output, out var diagnostics);
        Assert.Empty(diagnostics);
        return [.. output.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => $"{Path.GetFileName(d.Location.SourceTree!.FilePath)}: {d.Id}")];
    }

    /// <summary>Runs one driver before and after an edit.</summary>
    public static GeneratorDriver RunTwice(Compilation before, Compilation after) =>
        CreateDriver(LanguageVersion.CSharp14).RunGenerators(before).RunGenerators(after);

    public static CSharpCompilation Compile(LanguageVersion version, string source, string assemblyName, params MetadataReference[] references) => CSharpCompilation.Create(
        assemblyName,
        [Parse(version, Usings, "Usings.cs"), Parse(version, source, "Source.cs")],
        [.. References.All, .. references],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, warningLevel: 9999, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(LanguageVersion version, string source, string path) =>
        CSharpSyntaxTree.ParseText(source, Options(version), path);

    /// <summary>Asserts that the last run of a driver computed nothing new.</summary>
    public static void AssertCached(GeneratorDriver driver)
    {
        var result = driver.GetRunResult().Results.Single();
        var steps = result.TrackedSteps.Where(static s => TrackingNameList.All.Contains(s.Key)).Concat(result.TrackedOutputSteps);
        foreach (var (name, runs) in steps)
        {
            foreach (var (_, reason) in runs.SelectMany(static r => r.Outputs))
            {
                Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{name} was {reason}");
            }
        }
    }

    private static CSharpGeneratorDriver CreateDriver(LanguageVersion version) => CSharpGeneratorDriver.Create(
        [new JobGenerator().AsSourceGenerator()],
        parseOptions: Options(version),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static CSharpParseOptions Options(LanguageVersion version) => new(version, DocumentationMode.Diagnose);

    private static void AssertSilent(CSharpCompilation output, HashSet<SyntaxTree> generated)
    {
        var problems = output.GetDiagnostics()
            .Where(static d => d.Severity >= DiagnosticSeverity.Warning)
            // The user's code under test may be undocumented, ours may not.
            .Where(d => d.Id != "CS1591" || generated.Contains(d.Location.SourceTree!))
            .ToList();
        Assert.True(problems.Count == 0, string.Join("\n", problems) + "\n" + string.Join("\n", generated));
    }
}
