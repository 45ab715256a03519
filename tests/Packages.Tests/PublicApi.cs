using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Packages.Tests;

/// <summary>What an assembly shows the world, a line for each type and member.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat Format = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        memberOptions: SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeExplicitInterface
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeType,
        parameterOptions: SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeExtensionThis | SymbolDisplayParameterOptions.IncludeModifiers
            | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    /// <summary>Lists an assembly.</summary>
    public static IReadOnlyList<string> Describe(byte[] assembly, IEnumerable<byte[]> references)
    {
        var platform = Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll").Select(static file => MetadataReference.CreateFromFile(file));
        var own = MetadataReference.CreateFromImage(assembly);
        var compilation = CSharpCompilation.Create("api", references: [own, .. references.Select(static image => MetadataReference.CreateFromImage(image)), .. platform]);
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        Add(((IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(own)!).GlobalNamespace, lines);
        return [.. lines];
    }

    private static void Add(INamespaceOrTypeSymbol container, SortedSet<string> lines)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is INamespaceSymbol inner)
            {
                Add(inner, lines);
            }
            else if (IsVisible(member))
            {
                lines.Add(Line(member));
                if (member is INamedTypeSymbol type)
                {
                    Add(type, lines);
                }
            }
        }
    }

    private static bool IsVisible(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && member is not IMethodSymbol { AssociatedSymbol: not null }
        && !member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static string Line(ISymbol member) => member is INamedTypeSymbol type
        ? $"{type.ToDisplayString(Format)}{Bases(type)}"
        : member.ToDisplayString(Format);

    private static string Bases(INamedTypeSymbol type)
    {
        string[] bases =
        [
            .. type.BaseType is { SpecialType: SpecialType.None } parent ? [parent.ToDisplayString()] : Array.Empty<string>(),
            .. type.Interfaces.Select(static contract => contract.ToDisplayString()).Order(StringComparer.Ordinal),
        ];
        var modifiers = type switch
        {
            { TypeKind: not TypeKind.Class } => "",
            { IsStatic: true } => " static",
            { IsAbstract: true } => " abstract",
            { IsSealed: true } => " sealed",
            _ => "",
        };
        return $"{modifiers}{(bases.Length > 0 ? $" : {string.Join(", ", bases)}" : "")}";
    }
}
