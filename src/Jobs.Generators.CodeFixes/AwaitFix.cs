using System.Composition;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Jobs.Generators.CodeFixes;

/// <summary>Awaits an enqueue call, where the code around it can.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitFix)), Shared]
public sealed class AwaitFix : NodeFix
{
    /// <summary>Makes the fix.</summary>
    public AwaitFix()
        : base(JobDiagnostics.UnawaitedEnqueue, "Await the call")
    {
    }

    private protected override SyntaxNode? Find(SyntaxNode told, SemanticModel model, CancellationToken cancellationToken) =>
        told is InvocationExpressionSyntax call && CanAwait(call) ? call : null;

    private protected override SyntaxNode Rewrite(SyntaxNode node) => SyntaxFactory
        .AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), ((ExpressionSyntax)node).WithoutLeadingTrivia())
        .WithLeadingTrivia(node.GetLeadingTrivia());

    // Making the method async would change what its callers see.
    private static bool CanAwait(InvocationExpressionSyntax call)
    {
        foreach (var around in call.Ancestors())
        {
            switch (around)
            {
                case LockStatementSyntax:
                    return false;
                case AnonymousFunctionExpressionSyntax lambda:
                    return lambda.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case LocalFunctionStatementSyntax function:
                    return function.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case BaseMethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax:
                    return true;
                default:
                    break;
            }
        }

        return false;
    }
}
