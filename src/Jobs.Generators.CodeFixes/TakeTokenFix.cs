using System.Composition;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Jobs.Generators.CodeFixes;

/// <summary>Adds <c>CancellationToken cancellationToken = default</c> to a job, where no other declaration has to follow.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TakeTokenFix)), Shared]
public sealed class TakeTokenFix : NodeFix
{
    private const string Name = "cancellationToken";

    /// <summary>Makes the fix.</summary>
    public TakeTokenFix()
        : base(JobDiagnostics.MissingToken, "Take a CancellationToken")
    {
    }

    private protected override SyntaxNode? Find(SyntaxNode told, SemanticModel model, CancellationToken cancellationToken) =>
        told.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
        && model.GetDeclaredSymbol(method, cancellationToken) is { } symbol
        && StandsAlone(symbol)
        && CanTakeMore(symbol)
            ? method
            : null;

    private protected override SyntaxNode Rewrite(SyntaxNode node)
    {
        var method = (MethodDeclarationSyntax)node;
        var type = SyntaxFactory.ParseTypeName("global::System.Threading.CancellationToken").WithAdditionalAnnotations(Simplifier.Annotation);
        var value = SyntaxFactory.EqualsValueClause(
            SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression));
        var token = SyntaxFactory.Parameter(SyntaxFactory.Identifier(Name)).WithType(type.WithTrailingTrivia(SyntaxFactory.Space)).WithDefault(value);
        var list = method.ParameterList.Parameters;
        return method.WithParameterList(method.ParameterList.WithParameters(list.Count == 0 ? list.Add(token) : list.Add(token.WithLeadingTrivia(SyntaxFactory.Space))));
    }

    private static bool StandsAlone(IMethodSymbol method) =>
        method is { IsAbstract: false, IsVirtual: false, IsOverride: false, PartialDefinitionPart: null, PartialImplementationPart: null }
        && !method.ContainingType.AllInterfaces
            .SelectMany(static i => i.GetMembers(), (_, member) => method.ContainingType.FindImplementationForInterfaceMember(member))
            .Contains(method, SymbolEqualityComparer.Default);

    private static bool CanTakeMore(IMethodSymbol method) => method.Parameters.All(static p => !p.IsParams && p.Name != Name);
}
