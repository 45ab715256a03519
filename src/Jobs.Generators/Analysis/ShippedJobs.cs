using System.Collections.Concurrent;
using Jobs.Generators.Shipped;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Analysis;

/// <summary>The recorded jobs, and which of them still have a name. Lives no longer than one compilation; safe for concurrent use until the end.</summary>
internal sealed class ShippedJobs(string path, SourceText text)
{
    private readonly ShippedFile _file = ShippedFile.Parse(text);
    private readonly ConcurrentDictionary<string, bool> _kept = new(StringComparer.Ordinal);

    public IReadOnlyList<ShippedJob> All => _file.Jobs;

    /// <summary>Says that these names still mean a job.</summary>
    public void Keep(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _kept[name] = true;
        }
    }

    public Location LocationOf(TextSpan line) => Location.Create(path, line, text.Lines.GetLinePositionSpan(line));

    /// <summary>Reports what can be told once every job was seen.</summary>
    public void ReportRest(CompilationAnalysisContext context)
    {
        foreach (var (line, problem) in _file.Problems)
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.InvalidShippedLine, LocationOf(line), text.ToString(line).Trim(), problem));
        }

        foreach (var job in All.Where(j => !_kept.ContainsKey(j.Name)))
        {
            context.ReportDiagnostic(Diagnostic.Create(JobDiagnostics.RemovedJob, LocationOf(job.Head), job.Name));
        }
    }
}
