using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Analysis;

/// <summary>Points at members of a <c>[JobContract]</c> interface that a producer cannot use.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JobContractAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [JobDiagnostics.InvalidContract];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                start.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
            }
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Interface || type.FindAttribute("JobContractAttribute") is null)
        {
            return;
        }

        foreach (var member in type.GetMembers())
        {
            if (Problem(member) is { } problem)
            {
                context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.InvalidContract, context.Compilation.FindLocation(member), member.Name, problem));
            }
        }
    }

    private static string? Problem(ISymbol member) => member switch
    {
        IPropertySymbol or IEventSymbol => "a producer's client has jobs only; move it to the class",
        IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false, IsAbstract: false } method when method.FindAttribute("JobAttribute") is not null =>
            "a job's body in the interface would run where a handler forgot its own; move it to the class",
        _ => null,
    };
}
