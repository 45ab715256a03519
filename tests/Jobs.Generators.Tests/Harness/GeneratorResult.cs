using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Harness;

/// <summary>What one run made, already known to compile without a warning.</summary>
internal sealed record GeneratorResult(CSharpCompilation Output, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>All generated text.</summary>
    public string Text => string.Join("\n", Files.Values);

    public MetadataReference ToReference() => Output.ToMetadataReference();

    /// <summary>The one file whose name holds a text.</summary>
    public string File(string part) => Files.Single(f => f.Key.Contains(part, StringComparison.Ordinal)).Value;

    public INamedTypeSymbol Type(string name) =>
        Output.GetTypeByMetadataName(name) ?? throw new InvalidOperationException($"There is no {name}. Generated: {string.Join(", ", Files.Keys)}\n{Text}");
}
