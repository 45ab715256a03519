using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Jobs.Generators.Tests.Pages;

/// <summary>One page of the documentation, and the C# that it shows.</summary>
internal sealed partial record Page(string Name, IReadOnlyList<string> Blocks)
{
    private static string Root { get; } = Path.GetFullPath(Path.Combine(Folder(), "..", "..", ".."));

    /// <summary>The pages that users read first to last. Those of the rules show what does not compile.</summary>
    public static IReadOnlyList<Page> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md")
            .Append(Path.Combine(Root, "README.md"))
            .Append(Path.Combine(Root, "docs", "rules", "names-called-jobs.md"))
            .Select(static path => new Page(Path.GetFileName(path), [.. Block().Matches(File.ReadAllText(path)).Select(static m => m.Groups[1].Value)]))];

    public static Page Named(string name) => All.Single(p => p.Name == name);

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
