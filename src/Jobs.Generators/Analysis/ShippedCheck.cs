using System.Collections.Immutable;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Jobs.Generators.Shipped;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>Compares one job with what was recorded of it.</summary>
internal sealed class ShippedCheck(ShippedJobs shipped, JobModel job, IMethodSymbol method, Compilation compilation, Action<Diagnostic> report)
{
    /// <summary>The properties of <see cref="JobDiagnostics.UnshippedJob"/>, by which its fix knows what to write.</summary>
    public const string Name = nameof(Name), Version = nameof(Version), Text = nameof(Text);

    public void Run()
    {
        var payload = PayloadMembers.Of(job);
        var result = PayloadMembers.OfResult(job).ToList();
        var isBroken = false;
        foreach (var record in shipped.All.Where(s => s.Name == job.Name || job.Aliases.Contains(s.Name)))
        {
            isBroken |= CheckPayload(record, payload) | CheckResult(record, result);
        }

        // What is wrong must not be recorded as if it were right.
        if (!isBroken)
        {
            ReportUnrecorded([.. payload, .. result]);
        }
    }

    private bool CheckPayload(ShippedJob record, List<ShippedMember> present)
    {
        var members = record.Members.Where(static m => !m.IsResult).ToList();
        if (record.Version == job.Version)
        {
            return ReportChanges(record, PayloadChanges.Find(members, present), method, "raise Version and add a [JobUpcast]");
        }

        if (job.Upcasts.FirstOrDefault(u => u.FromVersion == record.Version) is { } upcast)
        {
            return ReportChanges(record, PayloadChanges.FindUnreadable(members, PayloadMembers.Of(upcast.Old)), FindUpcast(record.Version), "let the upcast take what shipped");
        }

        Report(JobDiagnostics.UnreadableVersion, method, record, record.Name, Literal.Of(record.Version), Cure(record.Version));
        return true;
    }

    // A result has no version of its own: whoever enqueued an older one waits for what the present code returns.
    private bool CheckResult(ShippedJob record, List<ShippedMember> present)
    {
        var members = record.Members.Where(static m => m.IsResult).ToList();
        return record.Version == job.Version
            ? ReportChanges(record, PayloadChanges.Find(members, present), method, "raise Version")
            : members.Count > 0 && ReportChanges(record, PayloadChanges.Find(members, present), method, "remove its 'returns' lines once nobody waits for a result of it");
    }

    private string Cure(int version) => version > job.Version
        ? $"set Version to {Literal.Of(version)} at least"
        : $"add [JobUpcast(nameof({method.Name}), {Literal.Of(version)})], or remove the lines once no message of it is left";

    private bool ReportChanges(ShippedJob record, IEnumerable<string> reasons, ISymbol symbol, string cure)
    {
        var isBroken = false;
        foreach (var reason in reasons)
        {
            isBroken = true;
            Report(JobDiagnostics.IncompatiblePayload, symbol, record, record.Name, Literal.Of(record.Version), reason, cure);
        }

        return isBroken;
    }

    private void ReportUnrecorded(List<ShippedMember> present)
    {
        var record = shipped.All.FirstOrDefault(s => s.Name == job.Name && s.Version == job.Version);
        if (record is not null && record.Members.Select(static m => m.ToString()).ToImmutableHashSet().SetEquals(present.Select(static m => m.ToString())))
        {
            return;
        }

        var properties = ImmutableDictionary<string, string?>.Empty
            .Add(Name, job.Name).Add(Version, Literal.Of(job.Version)).Add(Text, ShippedJob.Write(job.Name, job.Version, present));
        report(Diagnostic.Create(JobDiagnostics.UnshippedJob, compilation.FindLocation(method), properties, job.Name, Literal.Of(job.Version)));
    }

    private IMethodSymbol FindUpcast(int version) =>
        UpcastParser.FindAll(method.ContainingType).First(u => UpcastParser.FromVersion(u) == version && UpcastParser.FindJobs(u).Contains(method, SymbolEqualityComparer.Default));

    private void Report(DiagnosticDescriptor rule, ISymbol symbol, ShippedJob record, params string[] args) =>
        report(Diagnostic.Create(rule, compilation.FindLocation(symbol), [shipped.LocationOf(record.Head)], args));
}
