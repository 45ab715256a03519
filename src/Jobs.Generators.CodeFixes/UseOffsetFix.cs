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

/// <summary>Makes a <c>DateTime</c> that travels a <c>DateTimeOffset</c>, into which a caller's <c>DateTime</c> converts itself.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseOffsetFix)), Shared]
public sealed class UseOffsetFix : CodeFixProvider
{
    private const string Title = "Use DateTimeOffset";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [JobDiagnostics.DateTimePayload.Id];

    // One property may be told of at many jobs.
    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        // It is told at the job; the property, perhaps in another file, is beside it.
        var told = context.Diagnostics[0];
        var location = told.AdditionalLocations is [var related, ..] ? related : told.Location;
        if (location.SourceTree is { } tree
            && context.Document.Project.Solution.GetDocument(tree) is { } document
            && await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is { } model)
        {
            var root = await tree.GetRootAsync(context.CancellationToken).ConfigureAwait(false);
            var names = FindType(root.FindNode(location.SourceSpan)).DescendantNodesAndSelf().OfType<NameSyntax>()
                .Where(name => name.Parent is not QualifiedNameSyntax && model.GetSymbolInfo(name, context.CancellationToken).Symbol is INamedTypeSymbol { SpecialType: SpecialType.System_DateTime })
                .ToList();
            if (names.Count > 0)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(Title, _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNodes(names, static (name, _) => Replace(name))).Project.Solution), nameof(UseOffsetFix)),
                    context.Diagnostics);
            }
        }
    }

    private static SyntaxNode FindType(SyntaxNode told) =>
        told.FirstAncestorOrSelf<ParameterSyntax>()?.Type ?? told.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Type ?? told;

    // Written in full, and shortened by the editor as far as the usings of the file allow.
    private static NameSyntax Replace(NameSyntax name) =>
        SyntaxFactory.ParseName("global::System.DateTimeOffset").WithTriviaFrom(name).WithAdditionalAnnotations(Simplifier.Annotation);
}
