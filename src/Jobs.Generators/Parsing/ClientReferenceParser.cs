using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Jobs.Generators.Parsing;

/// <summary>Finds what the name of a type that does not exist yet may mean.</summary>
internal static class ClientReferenceParser
{
    /// <summary>The types of a method's parameters that do not exist yet.</summary>
    public static EquatableArray<ClientReference> Parse(IMethodSymbol method, Compilation compilation) =>
        method.Parameters.Select(p => Parse(p, compilation)).OfType<ClientReference>().ToEquatableArray();

    /// <summary>The type itself if it does not exist yet.</summary>
    public static IErrorTypeSymbol? Unknown(ITypeSymbol type) => type switch
    {
        IErrorTypeSymbol unknown => unknown,
        // Of a type that it does not know the compiler takes "T?" for this.
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [IErrorTypeSymbol unknown] } => unknown,
        _ => null,
    };

    /// <summary>Parses the type of a parameter.</summary>
    /// <returns>Null if the type exists.</returns>
    public static ClientReference? Parse(IParameterSymbol parameter, Compilation compilation)
    {
        if (Unknown(parameter.Type) is not { } type)
        {
            return null;
        }

        // Only the compiler's symbol knows what a qualified name or an alias stands for.
        var namespaces =
            type.Arity > 0 || type.ContainingType is not null ? []
            : type.ContainingNamespace is { IsGlobalNamespace: false } written ? [DeclaringTypeParser.NameOf(written)]
            : InScope(parameter, compilation);
        return new ClientReference(type.DottedName, namespaces.Select(n => GeneratedFile.FullName(n, type.Name)).ToEquatableArray());
    }

    // In the language's order: the inner before the outer, and a namespace before what is imported into it.
    private static IEnumerable<string> InScope(IParameterSymbol parameter, Compilation compilation)
    {
        if (parameter.DeclaringSyntaxReferences is not [var declaration, ..])
        {
            yield break;
        }

        var model = compilation.GetSemanticModel(declaration.SyntaxTree);
        var imports = model.GetImportScopes(declaration.Span.Start).SelectMany(static s => s.Imports).ToList();
        for (var current = parameter.ContainingNamespace; current is not null; current = current.ContainingNamespace)
        {
            var name = DeclaringTypeParser.NameOf(current);
            yield return name;
            foreach (var import in imports)
            {
                if (import.NamespaceOrType is INamespaceSymbol imported && imported.IsDeclaredIn(compilation.Assembly) && Importer(import, model) == name)
                {
                    yield return DeclaringTypeParser.NameOf(imported);
                }
            }
        }
    }

    // A global using may stand in another file, but not in a namespace.
    private static string Importer(ImportedNamespaceOrType import, SemanticModel model) =>
        import.DeclaringSyntaxReference?.GetSyntax().Parent is BaseNamespaceDeclarationSyntax syntax && model.GetDeclaredSymbol(syntax) is INamespaceSymbol importer
            ? DeclaringTypeParser.NameOf(importer)
            : "";

    private static bool IsDeclaredIn(this INamespaceSymbol symbol, IAssemblySymbol assembly) =>
        symbol.ConstituentNamespaces.Any(n => SymbolEqualityComparer.Default.Equals(n.ContainingAssembly, assembly));
}
