using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>What is wrong with a payload.</summary>
/// <param name="Symbol">The parameter, property or type to report at; may lie in metadata.</param>
/// <param name="Path">Where it is, from the parameter on: <c>order.Lines[].Price</c>.</param>
/// <param name="Type">The type as the user writes it.</param>
/// <param name="Reason">Why, in a few words that end a sentence: <c>it is an interface</c>.</param>
/// <param name="Rule">What a payload does not carry as its author means it; null if it cannot be serialized at all.</param>
internal sealed record PayloadProblem(ISymbol? Symbol, string Path, string Type, string Reason, DiagnosticDescriptor? Rule = null);
