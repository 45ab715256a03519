using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Jobs.Generators.Analysis;

/// <summary>Finds enqueue calls whose end nobody waits for, so that a refusal would go unseen.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnawaitedEnqueueAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [JobDiagnostics.UnawaitedEnqueue];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                start.RegisterOperationAction(Analyze, OperationKind.ExpressionStatement);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        var value = ((IExpressionStatementOperation)context.Operation).Operation;
        if ((value is IConditionalAccessOperation conditional ? conditional.WhenNotNull : value) is IInvocationOperation call && (EnqueueCalls.IsEnqueue(call.Type) || EnqueueCalls.IsResult(call.TargetMethod)))
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.UnawaitedEnqueue, value.Syntax.GetLocation(), call.TargetMethod.Name));
        }
    }
}
