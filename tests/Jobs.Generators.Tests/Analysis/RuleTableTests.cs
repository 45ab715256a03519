using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>Every rule has an id of its own, a page, a line in the releases, and an analyzer that knows it.</summary>
public sealed partial class RuleTableTests
{
    private const int LongestPage = 40;

    private static IReadOnlyList<DiagnosticDescriptor> All { get; } =
        [.. typeof(JobDiagnostics).GetFields(BindingFlags.Static | BindingFlags.Public).Select(static f => f.GetValue(null)).OfType<DiagnosticDescriptor>()];

    private static string Root { get; } = Path.GetFullPath(Path.Combine(Folder(), "..", "..", ".."));

    [Fact]
    public void Ids_are_in_order_and_never_given_twice() =>
        Assert.Equal(All.Select(static r => r.Id).Distinct().Order(StringComparer.Ordinal), All.Select(static r => r.Id));

    [Fact]
    public void Every_rule_has_a_page_that_its_link_leads_to()
    {
        var index = File.ReadAllText(Path.Combine(Root, "docs", "rules", "README.md"));
        Assert.All(All, rule =>
        {
            Assert.Equal($"https://github.com/jobs-dotnet/jobs/blob/main/docs/rules/{rule.Id}.md", rule.HelpLinkUri);
            var lines = File.ReadAllLines(Path.Combine(Root, "docs", "rules", rule.Id + ".md"));
            Assert.Equal($"# {rule.Id}: {rule.Title}", lines[0]);
            Assert.InRange(lines.Length, 1, LongestPage);
            Assert.All(["## Cause", "## Fix", "## Example"], heading => Assert.Contains(heading, lines));
            Assert.Contains($"[{rule.Id}]({rule.Id}.md)", index, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_page_has_a_rule()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Root, "docs", "rules"), "JOBS*.md").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(All.Select(static r => r.Id), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var folder = Path.Combine(Root, "docs", "rules");
        Assert.All(Directory.EnumerateFiles(folder, "*.md"), page =>
            Assert.All(Link().Matches(File.ReadAllText(page)), link => Assert.True(File.Exists(Path.Combine(folder, link.Groups[1].Value)), $"{page}: {link.Value}")));
    }

    [Fact]
    public void Every_rule_is_in_the_releases()
    {
        var project = Path.Combine(Root, "src", "Jobs.Generators");
        var releases = File.ReadAllText(Path.Combine(project, "AnalyzerReleases.Shipped.md")) + File.ReadAllText(Path.Combine(project, "AnalyzerReleases.Unshipped.md"));
        Assert.All(All, rule => Assert.Contains($"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} |", releases, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_an_analyzer()
    {
        var known = AnalyzerRunner.Analyzers.SelectMany(static a => a.SupportedDiagnostics).Distinct();
        Assert.Equal(All.Select(static r => r.Id), known.Select(static r => r.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_analyzer_is_run_by_the_tests()
    {
        var analyzers = typeof(JobAnalyzer).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer)));
        Assert.Equal(analyzers.ToHashSet(), AnalyzerRunner.Analyzers.Select(static a => a.GetType()).ToHashSet());
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"\]\(([^):#]+)\)")]
    private static partial Regex Link();
}
