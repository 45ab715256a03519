using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Analysis;

/// <summary>Finds <c>[Job]</c> where C# allows it and the generator does not look.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MisplacedJobAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [JobDiagnostics.MisplacedJob];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                start.RegisterSyntaxNodeAction(AnalyzeAttribute, SyntaxKind.Attribute);
            }
        });
    }

    private static void AnalyzeAttribute(SyntaxNodeAnalysisContext context)
    {
        if (Describe(context.Node.Parent?.Parent) is { } owner
            && context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol?.ContainingType?.IsOurs("JobAttribute") == true)
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.MisplacedJob, context.Node.GetLocation(), owner));
        }
    }

    private static string? Describe(SyntaxNode? node) => node switch
    {
        LocalFunctionStatementSyntax => "a local function",
        AnonymousFunctionExpressionSyntax => "a lambda",
        AccessorDeclarationSyntax => "an accessor",
        OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax => "an operator",
        DestructorDeclarationSyntax => "a finalizer",
        _ => null,
    };
}
