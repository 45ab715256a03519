using Jobs.Generators.Analysis;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads the type that a job is declared in.</summary>
internal static class DeclaringTypeParser
{
    public static DeclaringTypeModel? Parse(IMethodSymbol method, Compilation compilation, IJobSink? sink)
    {
        var type = method.ContainingType;
        if (Problem(type, method) is { } rule)
        {
            sink?.Report(rule, method, type.ToDisplayString());
            return null;
        }

        var client = JobNames.Client(type);
        if (!Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(client) || IsTaken(type.ContainingNamespace, client, compilation))
        {
            sink?.Report(JobDiagnostics.CollidingName, type, client, type.Name);
            return null;
        }

        return new DeclaringTypeModel
        {
            Namespace = NamespaceOf(type),
            FullName = TypeRef.Of(type).Name,
            DocumentationId = DocumentationParser.Id(type),
            ClientName = client,
            IsPublic = type.IsPublicEverywhere,
        };
    }

    /// <summary>A type's namespace as source spells it; empty for the global one.</summary>
    public static string NamespaceOf(INamedTypeSymbol type) => NameOf(type.ContainingNamespace);

    /// <summary>A namespace as source spells it; empty for the global one.</summary>
    public static string NameOf(INamespaceSymbol symbol) =>
        symbol.IsGlobalNamespace
            ? ""
            : string.Join(".", symbol.ToDisplayString(NamespaceFormat).Split('.').Select(Identifier.Escape));

    private static SymbolDisplayFormat NamespaceFormat { get; } = new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    private static DiagnosticDescriptor? Problem(INamedTypeSymbol type, IMethodSymbol method)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsGenericType)
            {
                return JobDiagnostics.GenericJob;
            }
        }

        return type.TypeKind switch
        {
            _ when !type.IsReachable => JobDiagnostics.InaccessibleJob,
            TypeKind.Interface when type.FindAttribute("JobContractAttribute") is null => JobDiagnostics.MissingContract,
            TypeKind.Interface when method.IsStatic => JobDiagnostics.UnsupportedDeclaringType,
            TypeKind.Class or TypeKind.Interface => null,
            TypeKind.Struct when !type.IsRefLikeType => null,
            _ => JobDiagnostics.UnsupportedDeclaringType,
        };
    }

    // An analyzer sees what the generator made; that is no collision.
    private static bool IsTaken(INamespaceSymbol @namespace, string name, Compilation compilation) =>
        @namespace.GetTypeMembers(name, 0).Any(t => SymbolEqualityComparer.Default.Equals(t.ContainingAssembly, compilation.Assembly) && !t.IsGeneratedHere);
}
