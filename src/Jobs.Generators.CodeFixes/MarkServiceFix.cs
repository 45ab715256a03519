using System.Composition;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Jobs.Generators.CodeFixes;

/// <summary>Marks a parameter that looks like a service with <c>[Service]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkServiceFix)), Shared]
public sealed class MarkServiceFix : NodeFix
{
    /// <summary>Makes the fix.</summary>
    public MarkServiceFix()
        : base(JobDiagnostics.AmbiguousService, "Mark as [Service]")
    {
    }

    private protected override SyntaxNode? Find(SyntaxNode told, SemanticModel model, CancellationToken cancellationToken) =>
        told.FirstAncestorOrSelf<ParameterSyntax>();

    private protected override SyntaxNode Rewrite(SyntaxNode node)
    {
        // Written in full, and shortened by the editor as far as the usings of the file allow.
        var name = SyntaxFactory.ParseName("global::Jobs.Service").WithAdditionalAnnotations(Simplifier.Annotation);
        var list = SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Attribute(name))).WithTrailingTrivia(SyntaxFactory.Space);
        var bare = ((ParameterSyntax)node).WithoutLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, list)).WithLeadingTrivia(node.GetLeadingTrivia());
    }
}
