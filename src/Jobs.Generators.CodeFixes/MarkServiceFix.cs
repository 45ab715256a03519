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

/// <summary>Marks a parameter that looks like a service with <c>[Service]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkServiceFix)), Shared]
public sealed class MarkServiceFix : CodeFixProvider
{
    private const string Title = "Mark as [Service]";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [JobDiagnostics.AmbiguousService.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<ParameterSyntax>() is { } parameter)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(parameter, Mark(parameter)))), nameof(MarkServiceFix)),
                context.Diagnostics);
        }
    }

    private static ParameterSyntax Mark(ParameterSyntax parameter)
    {
        // Written in full, and shortened by the editor as far as the usings of the file allow.
        var name = SyntaxFactory.ParseName("global::Jobs.Service").WithAdditionalAnnotations(Simplifier.Annotation);
        var list = SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Attribute(name))).WithTrailingTrivia(SyntaxFactory.Space);
        var bare = parameter.WithoutLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, list)).WithLeadingTrivia(parameter.GetLeadingTrivia());
    }
}
