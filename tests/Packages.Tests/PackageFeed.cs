using System.IO.Compression;

[assembly: AssemblyFixture(typeof(Packages.Tests.PackageFeed))]

namespace Packages.Tests;

/// <summary>All packages, packed once into a folder of their own, and a place for consumers that know nothing else of this repository.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("jobs-packages-").FullName;

    /// <summary>The ids of what is packed.</summary>
    public static string[] Ids { get; } = [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src"))
        .Select(static folder => Path.GetFileName(folder))
        .Where(static name => !name.StartsWith("Jobs.Generators", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    /// <summary>The ids, as rows of a theory.</summary>
    public static TheoryData<string> Rows => [.. Ids];

    // Its own, so that no cache holds it.
    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    private string Feed => Path.Combine(_root, "feed");

    public async ValueTask InitializeAsync()
    {
        foreach (var id in Ids)
        {
            await Dotnet.RunAsync(Repository.Root, "pack", Path.Combine("src", id), "-c", "Release", "--no-build", "-o", Feed, $"-p:Version={Version}");
        }

        // What the repository itself was restored with is only looked into; what consumers bring goes to a folder that goes away with them.
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(Path.Combine(_root, "Directory.Build.props"), $"""
            <Project>
              <PropertyGroup>
                <JobsVersion>{Version}</JobsVersion>
                <RestoreAdditionalProjectSources>{Feed}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{Path.Combine(_root, "restored")}</RestorePackagesPath>
                <RestoreFallbackFolders>{restored}</RestoreFallbackFolders>
                <NuGetAudit>false</NuGetAudit>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            </Project>
            """);
        CopyConsumers();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return default;
    }

    /// <summary>The folder of a consumer.</summary>
    public string Consumer(string name) => Path.Combine(_root, name);

    public ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.nupkg"));

    public ZipArchive OpenSymbols(string id) => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.snupkg"));

    private void CopyConsumers()
    {
        var consumers = Path.Combine(Repository.Tests, "Consumers");
        foreach (var file in Directory.GetFiles(consumers, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_root, Path.GetRelativePath(consumers, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
