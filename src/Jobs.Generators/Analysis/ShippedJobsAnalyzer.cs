using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Jobs.Generators.Shipped;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Analysis;

/// <summary>Holds jobs to what <c>Jobs.Shipped.txt</c> says that messages look like. A project without the file is left alone.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ShippedJobsAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        JobDiagnostics.RemovedJob, JobDiagnostics.IncompatiblePayload, JobDiagnostics.UnreadableVersion, JobDiagnostics.UnshippedJob,
        JobDiagnostics.InvalidShippedLine,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var file = start.Options.AdditionalFiles.FirstOrDefault(static f => ShippedFile.IsNamed(f.Path));
            if (file?.GetText(start.CancellationToken) is { } text && start.Compilation.UsesJobs)
            {
                var shipped = new ShippedJobs(file.Path, text);
                start.RegisterSymbolAction(context => AnalyzeType(context, shipped), SymbolKind.NamedType);
                start.RegisterCompilationEndAction(shipped.ReportRest);
            }
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context, ShippedJobs shipped)
    {
        foreach (var method in ((INamedTypeSymbol)context.Symbol).GetMembers().OfType<IMethodSymbol>())
        {
            if (method.FindAttribute("JobAttribute") is { ApplicationSyntaxReference: { } syntax } attribute
                && syntax.GetSyntax(context.CancellationToken).Parent?.Parent is MethodDeclarationSyntax)
            {
                // Also of a job with errors: that it is gone would be one more, and wrong.
                shipped.Keep(attribute.NamedArray("Aliases").Select(static a => a.Value).OfType<string>().Prepend(JobNames.Job(method, attribute)));
                if (JobParser.Parse(method, context.Compilation, null, context.CancellationToken) is { } parsed)
                {
                    new ShippedCheck(shipped, parsed.Job, method, context.Compilation, context.ReportDiagnostic).Run();
                }
            }
        }
    }
}
