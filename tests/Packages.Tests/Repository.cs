using System.Runtime.CompilerServices;

namespace Packages.Tests;

/// <summary>Where the repository and this project's own files are.</summary>
internal static class Repository
{
    public static string Tests { get; } = Path.GetDirectoryName(ThisFile())!;

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Tests, "..", ".."));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
