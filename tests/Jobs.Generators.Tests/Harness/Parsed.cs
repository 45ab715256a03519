using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Harness;

/// <summary>What the parser makes of the first job in a source.</summary>
internal sealed record Parsed(ParsedJob? Job, IReadOnlyList<string> Problems)
{
    public static Parsed Of(string source)
    {
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, source, "Shop");
        var method = compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Member)
            .OfType<IMethodSymbol>()
            .First(static m => m.FindAttribute("JobAttribute") is not null);
        var sink = new RecordingSink();
        return new Parsed(JobParser.Parse(method, compilation, sink, default), sink.Problems);
    }

    /// <summary>Parses a static job with these parameters, beside more types.</summary>
    public static Parsed OfParameters(string parameters, string more = "") => Of($$"""
        public static class TestJobs { [Job] public static void Run({{parameters}}) { } }
        {{more}}
        """);
}
