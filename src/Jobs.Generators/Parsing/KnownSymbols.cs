using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Recognises types by their names: a lookup in the compilation finds none where two references hold the same type.</summary>
internal static class KnownSymbols
{
    extension(ISymbol symbol)
    {
        /// <summary>True for a top-level type of this namespace and name, whatever its type arguments.</summary>
        public bool Is(string @namespace, string name) =>
            symbol.Name == name && symbol.ContainingType is null && IsNamespace(symbol.ContainingNamespace, @namespace);

        /// <summary>True for a type of the toolkit.</summary>
        public bool IsOurs(string name) => symbol.Is("Jobs", name);

        public AttributeData? FindAttribute(string name) => symbol.FindAttribute("Jobs", name);

        public AttributeData? FindAttribute(string @namespace, string name) =>
            symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Is(@namespace, name) == true);

        public bool IsGeneratedHere =>
            symbol.FindAttribute("System.CodeDom.Compiler", "GeneratedCodeAttribute") is { ConstructorArguments: [{ Value: GeneratorName }, ..] };
    }

    extension(ITypeSymbol type)
    {
        public bool IsDisposable => type.Implements("System", "IDisposable");

        public bool IsAsyncDisposable => type.Implements("System", "IAsyncDisposable");

        /// <summary>True for the interface itself too.</summary>
        public bool Implements(string @namespace, string name) =>
            type.Is(@namespace, name) || type.AllInterfaces.Any(i => i.Is(@namespace, name));

        /// <summary>True for the class itself too.</summary>
        public bool Inherits(string @namespace, string name)
        {
            for (var current = type; current is not null; current = current.BaseType)
            {
                if (current.Is(@namespace, name))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>What generated code says made it.</summary>
    public const string GeneratorName = "Jobs.Generators";

    /// <summary>The value of a named attribute argument, or the default.</summary>
    public static T? Named<T>(this AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is { Kind: not TypedConstantKind.Array, Value: T value } ? value : default;

    /// <summary>The elements of a named attribute argument, or none.</summary>
    public static ImmutableArray<TypedConstant> NamedArray(this AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is { Kind: TypedConstantKind.Array, IsNull: false } array ? array.Values : [];

    public static bool HasNamed(this AttributeData attribute, string name) => attribute.NamedArguments.Any(a => a.Key == name);

    private static bool IsNamespace(INamespaceSymbol? symbol, string name)
    {
        var end = name.Length;
        while (end > 0)
        {
            var start = name.LastIndexOf('.', end - 1) + 1;
            if (symbol is null || symbol.IsGlobalNamespace || symbol.Name.Length != end - start || string.CompareOrdinal(symbol.Name, 0, name, start, end - start) != 0)
            {
                return false;
            }

            symbol = symbol.ContainingNamespace;
            end = start - 1;
        }

        return symbol?.IsGlobalNamespace == true;
    }
}
