using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Jobs.Generators.CodeFixes;

/// <summary>A fix of one rule that replaces one node of the file it was told in.</summary>
public abstract class NodeFix : CodeFixProvider
{
    private readonly string _title;

    private protected NodeFix(DiagnosticDescriptor rule, string title)
    {
        FixableDiagnosticIds = [rule.Id];
        _title = title;
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root
            || await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model
            || Find(root.FindNode(context.Span, getInnermostNodeForTie: true), model, context.CancellationToken) is not { } node)
        {
            return;
        }

        context.RegisterCodeFix(
            CodeAction.Create(_title, _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(node, Rewrite(node)))), GetType().Name),
            context.Diagnostics);
    }

    /// <summary>The node to replace, found from the innermost one at the diagnostic; null if nothing can be done there.</summary>
    private protected abstract SyntaxNode? Find(SyntaxNode told, SemanticModel model, CancellationToken cancellationToken);

    /// <summary>What takes the place of the node found.</summary>
    private protected abstract SyntaxNode Rewrite(SyntaxNode node);
}
