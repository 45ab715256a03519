using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>The contexts of System.Text.Json that a job names, nearest first, and which types they cover.</summary>
/// <remarks>What that library's generator makes of them cannot be seen from here; its attributes can.</remarks>
internal sealed class JsonContexts
{
    private readonly List<INamedTypeSymbol> _contexts = [];

    private JsonContexts()
    {
    }

    public static JsonContexts Of(ISymbol? owner)
    {
        var contexts = new JsonContexts();
        for (var symbol = owner; symbol is IMethodSymbol or INamedTypeSymbol; symbol = symbol.ContainingSymbol)
        {
            contexts.Add(symbol);
        }

        if (owner?.ContainingAssembly is { } assembly)
        {
            contexts.Add(assembly);
        }

        return contexts;
    }

    /// <summary>The full name of the context that covers a type, or null.</summary>
    public string? FindFor(ITypeSymbol type) =>
        _contexts.FirstOrDefault(context => Covers(context, type))?.ToDisplayString(DisplayFormats.FullName);

    /// <summary>What would make a type serializable, as the end of a reason; empty without a context.</summary>
    public string Remedy(ITypeSymbol type) =>
        _contexts.Count == 0 ? "" : $"; [JsonSerializable(typeof({type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}))] on {_contexts[0].Name} would leave it to that";

    private void Add(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass?.Is("Jobs", "JobJsonContextAttribute") == true
                && attribute.ConstructorArguments is [{ Value: INamedTypeSymbol context }])
            {
                _contexts.Add(context);
            }
        }
    }

    private static bool Covers(INamedTypeSymbol context, ITypeSymbol type)
    {
        foreach (var attribute in context.GetAttributes())
        {
            if (attribute.AttributeClass?.Is("System.Text.Json.Serialization", "JsonSerializableAttribute") == true
                && attribute.ConstructorArguments is [{ Value: ITypeSymbol covered }]
                && SymbolEqualityComparer.Default.Equals(covered, type))
            {
                return true;
            }
        }

        return false;
    }
}
