using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

internal static class DisplayFormats
{
    /// <summary>As generated code names a type: from <c>global::</c> on, keywords escaped, nullable references marked.</summary>
    public static readonly SymbolDisplayFormat FullName = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);
}
