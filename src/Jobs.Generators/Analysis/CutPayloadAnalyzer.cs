using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Jobs.Generators.Analysis;

/// <summary>Finds calls that pass a derived class where the payload is its base, which is all that is written.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CutPayloadAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [JobDiagnostics.CutPayload];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                start.RegisterOperationAction(Analyze, OperationKind.Argument);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        // A cast in the source says that the loss is meant.
        if (context.Operation is IArgumentOperation { Value: IConversionOperation { IsImplicit: true, Conversion.IsReference: true } conversion, Parameter.ContainingType: { } owner }
            && conversion is { Operand.Type: INamedTypeSymbol { TypeKind: TypeKind.Class } given, Type: INamedTypeSymbol { TypeKind: TypeKind.Class, IsFrameworkType: false } payload }
            && IsClientOrArgs(owner)
            // Else a context of System.Text.Json writes it, perhaps by its own type.
            && UnsupportedTypes.Explain(payload, context.Compilation) is null
            && ObjectProperties.Find(given).Count > ObjectProperties.Find(payload).Count)
        {
            var format = SymbolDisplayFormat.MinimallyQualifiedFormat;
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.CutPayload, conversion.Syntax.GetLocation(), given.ToDisplayString(format), payload.ToDisplayString(format)));
        }
    }

    private static bool IsClientOrArgs(INamedTypeSymbol type) => type.IsGeneratedHere || type.ContainingType?.IsGeneratedHere == true;
}
