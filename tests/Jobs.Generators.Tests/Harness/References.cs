using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Harness;

/// <summary>What the compilations under test reference: the framework, the container's abstractions and ours.</summary>
internal static class References
{
    public static IReadOnlyList<MetadataReference> All { get; } = Find(IsWanted);

    /// <summary>What an application and its tests reference besides.</summary>
    public static IReadOnlyList<MetadataReference> Application { get; } = Find(static name =>
        name is "Jobs" or "Jobs.Testing" or "Jobs.Brokers.Conformance" or "xunit.v3.assert" or "xunit.v3.core" or "xunit.v3.common"
        || (name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && !IsWanted(name)));

    /// <summary>What a web application references besides.</summary>
    public static IReadOnlyList<MetadataReference> Web { get; } = Find(static name => name is "Jobs.AspNetCore" || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static IReadOnlyList<MetadataReference> Find(Func<string, bool> isWanted) =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => isWanted(Path.GetFileNameWithoutExtension(path)))
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))];

    private static bool IsWanted(string name) =>
        name is "Jobs" or "Jobs.Abstractions" or "Microsoft.Extensions.DependencyInjection.Abstractions" or "mscorlib" or "netstandard" or "System"
        || name.StartsWith("System.", StringComparison.Ordinal);
}
