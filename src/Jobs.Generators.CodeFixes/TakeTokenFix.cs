using System.Collections.Immutable;
using System.Composition;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Jobs.Generators.CodeFixes;

/// <summary>Adds <c>CancellationToken cancellationToken = default</c> to a job, where no other declaration has to follow.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TakeTokenFix)), Shared]
public sealed class TakeTokenFix : CodeFixProvider
{
    private const string Title = "Take a CancellationToken";
    private const string Name = "cancellationToken";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [JobDiagnostics.MissingToken.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
            && model?.GetDeclaredSymbol(method, context.CancellationToken) is { } symbol
            && StandsAlone(symbol)
            && CanTakeMore(symbol))
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(method, Extend(method)))), nameof(TakeTokenFix)),
                context.Diagnostics);
        }
    }

    private static bool StandsAlone(IMethodSymbol method) =>
        method is { IsAbstract: false, IsVirtual: false, IsOverride: false, PartialDefinitionPart: null, PartialImplementationPart: null }
        && !method.ContainingType.AllInterfaces
            .SelectMany(static i => i.GetMembers(), (_, member) => method.ContainingType.FindImplementationForInterfaceMember(member))
            .Contains(method, SymbolEqualityComparer.Default);

    private static bool CanTakeMore(IMethodSymbol method) => method.Parameters.All(static p => !p.IsParams && p.Name != Name);

    private static MethodDeclarationSyntax Extend(MethodDeclarationSyntax method)
    {
        var type = SyntaxFactory.ParseTypeName("global::System.Threading.CancellationToken").WithAdditionalAnnotations(Simplifier.Annotation);
        var value = SyntaxFactory.EqualsValueClause(
            SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression));
        var token = SyntaxFactory.Parameter(SyntaxFactory.Identifier(Name)).WithType(type.WithTrailingTrivia(SyntaxFactory.Space)).WithDefault(value);
        var list = method.ParameterList.Parameters;
        return method.WithParameterList(method.ParameterList.WithParameters(list.Count == 0 ? list.Add(token) : list.Add(token.WithLeadingTrivia(SyntaxFactory.Space))));
    }
}
