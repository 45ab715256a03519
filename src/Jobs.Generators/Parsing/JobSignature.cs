using System.Collections.Immutable;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>What each part of a job's method is. Holds symbols, so it never leaves the parser.</summary>
/// <param name="Kinds">What each parameter is, in order.</param>
/// <param name="Payload">The parameters that travel; for a batch, the one that holds the items.</param>
/// <param name="Returns">The shape of the return type.</param>
/// <param name="Result">The result's type, or null.</param>
/// <param name="BatchItem">The type of a batch's items, or null for a job without a batch.</param>
/// <param name="Checkpoint">The parameter that holds the checkpoint, or null.</param>
internal sealed record JobSignature(
    ImmutableArray<ArgumentKind> Kinds,
    ImmutableArray<IParameterSymbol> Payload,
    ReturnKind Returns,
    ITypeSymbol? Result,
    ITypeSymbol? BatchItem,
    IParameterSymbol? Checkpoint);
