using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Harness;

/// <summary>Keeps what the parser finds wrong, as <c>id symbol: args</c>.</summary>
internal sealed class RecordingSink : IJobSink
{
    public List<string> Problems { get; } = [];

    public void Report(DiagnosticDescriptor rule, ISymbol symbol, params string[] args) => Problems.Add($"{rule.Id} {symbol.Name}: {string.Join(" | ", args)}");
}
