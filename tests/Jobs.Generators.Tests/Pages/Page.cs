using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Jobs.Generators.Tests.Pages;

/// <summary>One page of the documentation, and the C# that it shows.</summary>
internal sealed partial record Page(string Path, string Text)
{
    private static string Root { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder(), "..", "..", ".."));

    /// <summary>The pages that users read first to last. Those of the rules show what does not compile.</summary>
    public static IReadOnlyList<Page> All { get; } =
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Root, "docs"), "*.md")
            .Append(System.IO.Path.Combine(Root, "README.md"))
            .Append(System.IO.Path.Combine(Root, "docs", "rules", "names-called-jobs.md"))
            .Select(static path => new Page(path, File.ReadAllText(path).ReplaceLineEndings("\n")))];

    public string Name => System.IO.Path.GetFileName(Path);

    public IReadOnlyList<string> Blocks { get; } = [.. Block().Matches(Text).Select(static m => m.Groups[1].Value)];

    public static Page Named(string name) => All.Single(p => p.Name == name);

    /// <summary>The page with another text in one of its blocks.</summary>
    public Page Replace(int block, string code)
    {
        var old = Block().Matches(Text)[block].Groups[1];
        return new Page(Path, $"{Text[..old.Index]}{code}{Text[(old.Index + old.Length)..]}");
    }

    public void Save() => File.WriteAllText(Path, Text);

    private static string Folder([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
