using System.Collections.Immutable;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Finds what a payload consists of. Total: whatever the source, it answers or returns null, and never throws.</summary>
internal static class PayloadParser
{
    /// <summary>Parses the parameters of a job that travel.</summary>
    /// <returns>Null if one of them cannot be serialized; why goes to the sink.</returns>
    public static PayloadModel? Parse(ImmutableArray<IParameterSymbol> payloadParameters, Compilation compilation, PayloadSink? sink, CancellationToken cancellationToken) => null;

    /// <summary>Parses a type that travels as a whole.</summary>
    /// <returns>Null if it cannot be serialized; why goes to the sink.</returns>
    public static PayloadTypeModel? ParseType(ITypeSymbol type, Compilation compilation, PayloadSink? sink, CancellationToken cancellationToken) => null;
}
