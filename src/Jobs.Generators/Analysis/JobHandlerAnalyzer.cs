using System.Collections.Concurrent;
using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Analysis;

/// <summary>Says why a <c>[JobHandler]</c> class handles less than it seems to, or the same as another.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JobHandlerAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [JobDiagnostics.InaccessibleJob, JobDiagnostics.GenericJob, JobDiagnostics.UselessHandler, JobDiagnostics.UngeneratedContract, JobDiagnostics.DuplicateHandler];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                var handlers = new ConcurrentQueue<INamedTypeSymbol>();
                start.RegisterSymbolAction(context => AnalyzeType(context, handlers), SymbolKind.NamedType);
                start.RegisterCompilationEndAction(context => ReportDuplicates(context, handlers));
            }
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context, ConcurrentQueue<INamedTypeSymbol> handlers)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.FindAttribute("JobHandlerAttribute") is not null)
        {
            var sink = new JobSink(type, context.Compilation, context.ReportDiagnostic, context.CancellationToken);
            if (HandlerClassParser.Parse(type, context.Compilation, sink, context.CancellationToken) is not null)
            {
                handlers.Enqueue(type);
            }
        }
    }

    private static void ReportDuplicates(CompilationAnalysisContext context, ConcurrentQueue<INamedTypeSymbol> handlers)
    {
        var contracts = handlers
            .SelectMany(static h => h.AllInterfaces.Select(c => (Contract: c, Handler: h)))
            .Where(static p => p.Contract.FindAttribute("JobContractAttribute") is not null)
            .GroupBy(static p => p.Contract, static p => p.Handler, SymbolEqualityComparer.Default);
        foreach (var same in contracts)
        {
            foreach (var handler in same)
            {
                if (same.FirstOrDefault(h => !SymbolEqualityComparer.Default.Equals(h, handler)) is { } other)
                {
                    var related = context.Compilation.FindLocation(other) is { } location ? new[] { location } : null;
                    context.ReportDiagnostic(Diagnostic.Create(
                        JobDiagnostics.DuplicateHandler, context.Compilation.FindLocation(handler), related, same.Key?.ToDisplayString(), other.ToDisplayString()));
                }
            }
        }
    }
}
