using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Harness;

/// <summary>What the compilations under test reference: the framework, the container's abstractions and ours.</summary>
internal static class References
{
    public static IReadOnlyList<MetadataReference> All { get; } =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => IsWanted(Path.GetFileNameWithoutExtension(path)))
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))];

    private static bool IsWanted(string name) =>
        name is "Jobs.Abstractions" or "Microsoft.Extensions.DependencyInjection.Abstractions" or "mscorlib" or "netstandard" or "System"
        || name.StartsWith("System.", StringComparison.Ordinal);
}
