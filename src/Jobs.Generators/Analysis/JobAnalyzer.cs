using System.Collections.Immutable;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Analysis;

/// <summary>Says why a <c>[Job]</c> method is not generated, or not as it is written: the generator's parser, with a sink that reports.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JobAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        JobDiagnostics.InaccessibleJob, JobDiagnostics.GenericJob, JobDiagnostics.UnsupportedDeclaringType, JobDiagnostics.UnsupportedReturnType,
        JobDiagnostics.UnsupportedParameter, JobDiagnostics.AmbiguousService, JobDiagnostics.RepeatedParameter, JobDiagnostics.InvalidBatch,
        JobDiagnostics.InvalidName, JobDiagnostics.InvalidSetting, JobDiagnostics.MissingContract, JobDiagnostics.CollidingName,
        JobDiagnostics.UnserializablePayload, JobDiagnostics.UnserializableResult, JobDiagnostics.DuplicateJob, JobDiagnostics.OverloadedJob,
        JobDiagnostics.CollidingClient, JobDiagnostics.MisplacedJob, JobDiagnostics.InvalidUpcast, JobDiagnostics.InvalidAlias,
        JobDiagnostics.LongTimeout, JobDiagnostics.MissingToken, JobDiagnostics.DateTimePayload, JobDiagnostics.LostField,
        JobDiagnostics.InvalidKeyTemplate, JobDiagnostics.UnknownKeyPart, JobDiagnostics.UnsuitableKeyPart,
        JobDiagnostics.InvalidSchedule, JobDiagnostics.UnknownTimeZone, JobDiagnostics.ScheduleWithoutArgs, JobDiagnostics.DuplicateSchedule, JobDiagnostics.NextFires,
        JobDiagnostics.MisplacedClaim, JobDiagnostics.LimitBelowBatch, JobDiagnostics.ConstantIdempotencyKey,
        JobDiagnostics.UnserializableCheckpoint,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.UsesJobs)
            {
                var all = new AssemblyJobs(start.Compilation);
                start.RegisterSymbolAction(context => AnalyzeType(context, all), SymbolKind.NamedType);
                start.RegisterCompilationEndAction(all.Report);
            }
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context, AssemblyJobs all)
    {
        var jobs = new List<FoundJob>();
        foreach (var method in ((INamedTypeSymbol)context.Symbol).GetMembers().OfType<IMethodSymbol>())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (method.FindAttribute("JobAttribute")?.ApplicationSyntaxReference is { } attribute)
            {
                // On anything else the attribute is ignored, which is another analyzer's to say.
                if (attribute.GetSyntax(context.CancellationToken).Parent?.Parent is MethodDeclarationSyntax)
                {
                    var sink = new JobSink(method, context.Compilation, context.ReportDiagnostic, context.CancellationToken);
                    jobs.Add(new FoundJob(method, attribute, JobParser.Parse(method, context.Compilation, sink, context.CancellationToken)));
                }
            }
            else
            {
                ReportWithoutJob(method, context);
            }
        }

        ReportOrphans(context);
        all.Add(TypeJobs.Check(all.Sort(jobs), context.Compilation, context.ReportDiagnostic));
    }

    private static void ReportWithoutJob(IMethodSymbol method, SymbolAnalysisContext context)
    {
        if (method.FindAttribute("BatchAttribute") is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.InvalidBatch, context.Compilation.FindLocation(method), "[Batch] needs [Job] beside it"));
        }

        foreach (var claim in ClaimParser.FindAll(method))
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.MisplacedClaim, context.Compilation.FindLocation(method), method.Name, claim));
        }

        if (ScheduleParser.FindAll(method).Any())
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.InvalidSchedule, context.Compilation.FindLocation(method), method.Name, "a schedule needs [Job] beside it"));
        }
    }

    // What else may be wrong with an upcast the parser of its job tells.
    private static void ReportOrphans(SymbolAnalysisContext context)
    {
        foreach (var upcast in UpcastParser.FindAll((INamedTypeSymbol)context.Symbol))
        {
            var jobs = UpcastParser.FindJobs(upcast).Count();
            if (jobs != 1)
            {
                var reason = jobs == 0 ? "no job of this type has the method it names; write [JobUpcast(nameof(…), …)]" : "it names more than one job; rename the methods so that it names one";
                context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.InvalidUpcast, context.Compilation.FindLocation(upcast), upcast.Name, reason));
            }
        }
    }
}
