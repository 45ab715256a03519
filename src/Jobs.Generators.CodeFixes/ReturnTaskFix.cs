using System.Composition;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Jobs.Generators.CodeFixes;

/// <summary>Lets an <c>async void</c> job return <c>Task</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReturnTaskFix)), Shared]
public sealed class ReturnTaskFix : NodeFix
{
    /// <summary>Makes the fix.</summary>
    public ReturnTaskFix()
        : base(JobDiagnostics.UnsupportedReturnType, "Return Task")
    {
    }

    private protected override SyntaxNode? Find(SyntaxNode told, SemanticModel model, CancellationToken cancellationToken) =>
        told.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
        && method.Modifiers.Any(SyntaxKind.AsyncKeyword)
        && !method.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? method.ReturnType
            : null;

    // Written in full, and shortened by the editor as far as the usings of the file allow.
    private protected override SyntaxNode Rewrite(SyntaxNode node) =>
        SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.Task").WithTriviaFrom(node).WithAdditionalAnnotations(Simplifier.Annotation);
}
