using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>Turns what a parser finds wrong with one method or type into diagnostics.</summary>
internal sealed class JobSink(ISymbol subject, Compilation compilation, Action<Diagnostic> report, CancellationToken cancellationToken) : IJobSink
{
    public void Report(DiagnosticDescriptor rule, ISymbol symbol, params string[] args)
    {
        var related = compilation.FindLocation(symbol);
        var location = ProblemLocation.Find(rule, subject, args, cancellationToken) ?? related ?? compilation.FindLocation(subject);
        report(Diagnostic.Create(rule, location, related is null || related == location ? null : [related], args));
    }
}
