using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Who can name a symbol: generated code lies outside the user's types, in the same assembly.</summary>
internal static class Reachability
{
    extension(ISymbol symbol)
    {
        /// <summary>True if code elsewhere in the assembly can name the symbol.</summary>
        public bool IsReachable
        {
            get
            {
                for (var current = symbol; current is not null and not INamespaceSymbol; current = current.ContainingType)
                {
                    if (current.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal)
                        || current is INamedTypeSymbol { IsFileLocal: true })
                    {
                        return false;
                    }
                }

                return true;
            }
        }

        /// <summary>True if code outside the assembly can name the symbol.</summary>
        public bool IsPublicEverywhere
        {
            get
            {
                for (var current = symbol; current is not null and not INamespaceSymbol; current = current.ContainingType)
                {
                    if (current.DeclaredAccessibility != Accessibility.Public)
                    {
                        return false;
                    }
                }

                return true;
            }
        }
    }

    /// <summary>True if everything that a type's name consists of is public.</summary>
    public static bool IsPublic(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsPublic(array.ElementType),
        INamedTypeSymbol named => named.IsPublicEverywhere && named.TypeArguments.All(IsPublic),
        _ => true,
    };
}
