using System.Runtime.CompilerServices;

namespace Jobs.Generators.Tests.Harness;

/// <summary>Compares what is generated of <c>Golden/{case}.input.cs</c> with the files beside it. <c>UPDATE_GOLDEN=1</c> writes them.</summary>
internal static class Golden
{
    private static string Folder { get; } = Path.Combine(ProjectFolder(), "Golden");

    /// <summary>True if what is shown is to be written instead of compared.</summary>
    public static bool IsUpdating => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static IEnumerable<TheoryDataRow<string>> Cases() =>
        Directory.EnumerateFiles(Folder, "*.input.cs").Order(StringComparer.Ordinal).Select(static path => new TheoryDataRow<string>(Path.GetFileName(path).Replace(".input.cs", "", StringComparison.Ordinal)));

    public static void Check(string name)
    {
        var result = GeneratorRunner.Run(File.ReadAllText(Path.Combine(Folder, name + ".input.cs")));
        var actual = result.Files.ToDictionary(f => $"{name}.{f.Key.Replace(".g.cs", ".g.txt", StringComparison.Ordinal)}", static f => f.Value);
        if (IsUpdating)
        {
            Existing(name).ToList().ForEach(File.Delete);
            foreach (var (file, text) in actual)
            {
                File.WriteAllText(Path.Combine(Folder, file), text);
            }

            return;
        }

        Assert.Equal(actual.Keys.Order(StringComparer.Ordinal), Existing(name).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var (file, text) in actual)
        {
            AssertSame(file, File.ReadAllText(Path.Combine(Folder, file)).ReplaceLineEndings("\n"), text);
        }
    }

    private static IEnumerable<string> Existing(string name) => Directory.EnumerateFiles(Folder, name + ".*.g.txt");

    private static void AssertSame(string file, string expected, string actual)
    {
        var expectedLines = expected.Split('\n');
        var actualLines = actual.Split('\n');
        for (var i = 0; i < Math.Max(expectedLines.Length, actualLines.Length); i++)
        {
            var (want, got) = (expectedLines.ElementAtOrDefault(i), actualLines.ElementAtOrDefault(i));
            Assert.True(want == got, $"{file}, line {i + 1}\nexpected: {want}\nactual:   {got}\nUPDATE_GOLDEN=1 accepts the new output.");
        }
    }

    private static string ProjectFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(Path.GetDirectoryName(path))!;
}
