using System.Collections.Immutable;
using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>Finds jobs of one type that would generate one name.</summary>
internal static class TypeJobs
{
    /// <summary>Reports them.</summary>
    /// <param name="jobs">The jobs of a type, in the generator's order.</param>
    /// <param name="compilation">Where they are.</param>
    /// <param name="report">Takes what is wrong.</param>
    /// <returns>The jobs that have a name of their own in the type.</returns>
    public static List<FoundJob> Check(IEnumerable<FoundJob> jobs, Compilation compilation, Action<Diagnostic> report)
    {
        var kept = new List<FoundJob>();
        var overloaded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in jobs.Where(static j => j.Parsed is not null))
        {
            if (job.Method.FindAttribute("JobAttribute") is { ConstructorArguments.IsEmpty: true } && !overloaded.Add(job.Method.Name))
            {
                report(Diagnostic.Create(JobDiagnostics.OverloadedJob, compilation.FindLocation(job.Method), job.Method.Name));
            }
            else
            {
                kept.Add(job);
            }
        }

        _ = ClientGrouping.Group(kept.Select(static j => j.Parsed).ToImmutableArray(), (parsed, name) => Drop(kept, parsed, name, compilation, report));
        return kept;
    }

    private static void Drop(List<FoundJob> kept, ParsedJob parsed, string name, Compilation compilation, Action<Diagnostic> report)
    {
        var index = kept.FindIndex(j => ReferenceEquals(j.Parsed, parsed));
        report(Diagnostic.Create(JobDiagnostics.CollidingName, compilation.FindLocation(kept[index].Method), name, kept[index].Method.Name));
        kept.RemoveAt(index);
    }
}
