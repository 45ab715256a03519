using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>A method with <c>[Job]</c>, and what the parser made of it. Lives no longer than one compilation.</summary>
/// <param name="Method">The method.</param>
/// <param name="Attribute">Its attribute, whose place orders jobs as the generator sees them.</param>
/// <param name="Parsed">Null if nothing can be generated.</param>
internal sealed record FoundJob(IMethodSymbol Method, SyntaxReference Attribute, ParsedJob? Parsed);
