using System.Collections.Immutable;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Jobs.Generators.Analysis;

/// <summary>Collects the jobs of an assembly, and finds names that two types share. Safe for concurrent use until the end.</summary>
internal sealed class AssemblyJobs(Compilation compilation)
{
    private readonly List<FoundJob> _jobs = [];
    private readonly Lazy<Dictionary<SyntaxTree, int>> _trees = new(() => Index(compilation));

    public void Add(List<FoundJob> jobs)
    {
        lock (_jobs)
        {
            _jobs.AddRange(jobs);
        }
    }

    /// <summary>Orders jobs as the generator sees them.</summary>
    public IEnumerable<FoundJob> Sort(List<FoundJob> jobs) =>
        jobs.Count < 2 ? jobs : jobs.OrderBy(j => _trees.Value[j.Attribute.SyntaxTree]).ThenBy(static j => j.Attribute.Span.Start);

    public void Report(CompilationAnalysisContext context)
    {
        var jobs = Sort(_jobs).ToList();
        // Configuration names jobs without case, so two names that differ in nothing else are one.
        var names = jobs.SelectMany(static j => j.Parsed!.Job.Aliases.Prepend(j.Parsed.Job.Name).Distinct(StringComparer.OrdinalIgnoreCase), static (job, name) => (Job: job, Name: name));
        foreach (var same in names.GroupBy(static n => n.Name, StringComparer.OrdinalIgnoreCase).Where(static g => g.Skip(1).Any()))
        {
            foreach (var (job, name) in same)
            {
                var other = same.First(n => n.Job != job).Job;
                Report(context, JobDiagnostics.DuplicateJob, job.Method, other.Method, name, other.Parsed!.Job.Location);
            }
        }

        // Of one method its parser has told.
        var schedules = jobs.SelectMany(static j => j.Parsed!.Job.Schedules, static (job, schedule) => (Job: job, schedule.Name));
        foreach (var same in schedules.GroupBy(static s => s.Name, StringComparer.OrdinalIgnoreCase).Where(static g => g.Skip(1).Any()))
        {
            foreach (var (job, name) in same)
            {
                Report(context, JobDiagnostics.DuplicateSchedule, job.Method, same.First(s => s.Job != job).Job.Method, name, job.Parsed!.Job.Location);
            }
        }

        _ = ClientGrouping.Group(jobs.Select(static j => j.Parsed).ToImmutableArray(), (parsed, client) => ReportClient(context, jobs, parsed, client));
    }

    private void ReportClient(CompilationAnalysisContext context, List<FoundJob> jobs, ParsedJob parsed, string client)
    {
        var job = jobs.First(j => j.Parsed!.Type.FullName == parsed.Type.FullName);
        if (!ReferenceEquals(job.Parsed, parsed))
        {
            // Once for each type is enough.
            return;
        }

        var other = jobs.First(j => NameOf(j) == NameOf(job)).Method.ContainingType;
        Report(context, JobDiagnostics.CollidingClient, job.Method.ContainingType, other, client, job.Method.ContainingType.ToDisplayString(), other.ToDisplayString());
    }

    private static string NameOf(FoundJob job) => GeneratedFile.FullName(job.Parsed!.Type.Namespace, job.Parsed.Type.ClientName);

    private void Report(CompilationAnalysisContext context, DiagnosticDescriptor rule, ISymbol symbol, ISymbol other, params string[] args) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, compilation.FindLocation(symbol), compilation.FindLocation(other) is { } related ? [related] : null, args));

    private static Dictionary<SyntaxTree, int> Index(Compilation compilation)
    {
        var index = 0;
        return compilation.SyntaxTrees.ToDictionary(static tree => tree, _ => index++);
    }
}
