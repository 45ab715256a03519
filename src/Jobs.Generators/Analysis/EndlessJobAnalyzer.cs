using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Jobs.Generators.Analysis;

/// <summary>Finds jobs that enqueue themselves whenever they run, and so never end.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EndlessJobAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [JobDiagnostics.EndlessJob];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                start.RegisterOperationBlockAction(Analyze);
            }
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context)
    {
        if (context.OwningSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method || ClientCalls.Of(method) is not { } self)
        {
            return;
        }

        // Most jobs never enqueue themselves; only for the others is it asked whether they always do.
        foreach (var body in context.OperationBlocks.OfType<IBlockOperation>())
        {
            if (body.Descendants().OfType<IInvocationOperation>().Any(self.Contains)
                && context.GetControlFlowGraph(body) is { } graph
                && FindSure(graph, self) is { } call)
            {
                context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.EndlessJob, call.Syntax.GetLocation(), method.Name));
            }
        }
    }

    /// <summary>The first call that every run makes; null if there is none.</summary>
    private static IOperation? FindSure(ControlFlowGraph graph, ClientCalls self)
    {
        if (!CanEnd(graph, avoided: null))
        {
            return null;
        }

        foreach (var block in graph.Blocks)
        {
            var operations = block.BranchValue is { } value ? block.Operations.Add(value) : block.Operations;
            if (operations.Select(o => FindCall(o, self)).FirstOrDefault(static c => c is not null) is { } call && !CanEnd(graph, block))
            {
                return call;
            }
        }

        return null;
    }

    // A lambda has no children in this graph: what it does is done when it is called, if ever.
    private static IOperation? FindCall(IOperation operation, ClientCalls self) => operation switch
    {
        IInvocationOperation call when self.Contains(call) => call,
        _ => operation.ChildOperations.Select(o => FindCall(o, self)).FirstOrDefault(static c => c is not null),
    };

    /// <summary>True if the method can return or throw without passing a block.</summary>
    private static bool CanEnd(ControlFlowGraph graph, BasicBlock? avoided)
    {
        var seen = new HashSet<BasicBlock>();
        var open = new Stack<BasicBlock>([graph.Blocks[0]]);
        while (open.Count > 0)
        {
            var block = open.Pop();
            if (block == avoided || !seen.Add(block))
            {
                continue;
            }

            if (block.Kind == BasicBlockKind.Exit)
            {
                return true;
            }

            foreach (var branch in new[] { block.FallThroughSuccessor, block.ConditionalSuccessor })
            {
                if (branch?.Semantics is ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow)
                {
                    return true;
                }

                if (branch?.Destination is { } next)
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }
}
