using System.Collections.Concurrent;
using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Jobs.Generators.Analysis;

/// <summary>Finds, in a program that runs a worker, registered contracts that nothing handles. The start finds them too, but later.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnhandledContractAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [JobDiagnostics.UnhandledContract];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            // A library cannot know what else its host brings.
            if (start.Compilation.UsesJobs && start.Compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication)
            {
                var calls = new ConcurrentQueue<IInvocationOperation>();
                start.RegisterOperationAction(context => Collect((IInvocationOperation)context.Operation, calls), OperationKind.Invocation);
                start.RegisterCompilationEndAction(context => Report(context, [.. calls]));
            }
        });
    }

    private static void Collect(IInvocationOperation call, ConcurrentQueue<IInvocationOperation> calls)
    {
        if (IsAddWorker(call) || IsRegistration(call))
        {
            calls.Enqueue(call);
        }
    }

    private static bool IsAddWorker(IInvocationOperation call) => call.TargetMethod.Name == "AddWorker" && call.TargetMethod.ContainingType.IsOurs("JobsBuilderExtensions");

    private static bool IsRegistration(IInvocationOperation call) =>
        call.TargetMethod.Name.StartsWith("Add", StringComparison.Ordinal)
        && call.TargetMethod.ContainingType is { } type
        && type.Name.EndsWith("JobsRegistration", StringComparison.Ordinal)
        && type.IsGeneratedHere;

    private static void Report(CompilationAnalysisContext context, ImmutableArray<IInvocationOperation> calls)
    {
        if (!calls.Any(IsAddWorker))
        {
            return;
        }

        HashSet<ISymbol>? handled = null;
        foreach (var call in calls.Where(IsRegistration).OrderBy(static c => c.Syntax.SpanStart))
        {
            foreach (var contract in JobTypes.FindContracts(call.TargetMethod.ContainingAssembly, context.CancellationToken))
            {
                handled ??= JobTypes.FindHandledContracts(context.Compilation, context.CancellationToken);
                if (!handled.Contains(contract))
                {
                    context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.UnhandledContract, Locate(call), contract.ToDisplayString()));
                }
            }
        }
    }

    // The name alone: the calls before it in the chain are no part of the problem.
    private static Location Locate(IInvocationOperation call) =>
        call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            ? access.Name.GetLocation()
            : call.Syntax.GetLocation();
}
