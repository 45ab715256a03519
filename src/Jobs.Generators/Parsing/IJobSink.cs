using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Takes what is wrong with a job. The generator passes none: an analyzer reports.</summary>
internal interface IJobSink
{
    /// <summary>Takes one problem.</summary>
    /// <param name="rule">One of <see cref="Analysis.JobDiagnostics"/>.</param>
    /// <param name="symbol">The method, parameter or type to report at; may lie in metadata.</param>
    /// <param name="args">What the message names.</param>
    void Report(DiagnosticDescriptor rule, ISymbol symbol, params string[] args);
}
