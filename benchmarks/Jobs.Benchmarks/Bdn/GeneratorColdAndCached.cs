using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Jobs.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Benchmarks.Bdn;

/// <summary>The generator on 1,000 jobs in 100 files: from nothing, and after a keystroke elsewhere.</summary>
public class GeneratorColdAndCached
{
    private const int Classes = 100;
    private const int JobsPerClass = 10;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private CSharpCompilation _compilation = null!;
    private CSharpCompilation _edited = null!;
    private GeneratorDriver _warm = null!;

    [GlobalSetup]
    public void Compile()
    {
        var trees = Enumerable.Range(0, Classes).Select(Write).Append(Parse("public static class Other { public static int Value => 1; }", "Other.cs")).ToArray();
        _compilation = CSharpCompilation.Create(
            "Shop", trees, References(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        _edited = _compilation.ReplaceSyntaxTree(trees[^1], Parse("public static class Other { public static int Value => 12; }", "Other.cs"));
        _warm = Driver().RunGenerators(_compilation);
        if (_warm.GetRunResult() is not { Diagnostics.IsEmpty: true, GeneratedTrees.Length: > Classes })
        {
            throw new InvalidOperationException("The generator did not generate what is to be measured.");
        }
    }

    /// <summary>A new compilation each time: one that was asked before has its symbols bound.</summary>
    [Benchmark]
    public GeneratorDriver Cold() => Driver().RunGenerators(_compilation.Clone());

    [Benchmark]
    public GeneratorDriver UnrelatedKeystroke() => _warm.RunGenerators(_edited);

    private static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create([new JobGenerator().AsSourceGenerator()], parseOptions: ParseOptions);

    private static SyntaxTree Write(int index)
    {
        var source = new StringBuilder();
        source.AppendLine(CultureInfo.InvariantCulture, $$"""
            using System;
            using System.Collections.Generic;
            using System.Threading;
            using System.Threading.Tasks;
            using Jobs;

            namespace Shop.Area{{index}};

            public sealed record Item{{index}}(string Sku, int Quantity, decimal Price);

            public sealed record Order{{index}}(Guid Id, string Customer, DateTimeOffset PlacedAt, IReadOnlyList<Item{{index}}> Items);

            public interface IService{{index}};

            public sealed class Area{{index}}Jobs(IService{{index}} service)
            {
                public object Service => service;
            """);
        for (var job = 0; job < JobsPerClass; job++)
        {
            source.AppendLine(CultureInfo.InvariantCulture, $"    [Job] public Task Place{job}(Order{index} order, Guid userId, string template = \"v1\", CancellationToken ct = default) => Task.CompletedTask;");
        }

        return Parse(source.AppendLine("}").ToString(), $"Area{index}.cs");
    }

    private static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileNameWithoutExtension(path) is "Jobs.Abstractions" or "Microsoft.Extensions.DependencyInjection.Abstractions" or "mscorlib" or "netstandard" or "System"
                || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path));
}
