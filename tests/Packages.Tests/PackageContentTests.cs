using System.IO.Compression;
using System.Xml.Linq;

namespace Packages.Tests;

public class PackageContentTests(PackageFeed feed)
{
    private static readonly string[] Frameworks = ["net10.0", "net9.0"];

    // What a package pulls in is part of what it promises.
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["Jobs.Abstractions"] = ["Microsoft.Extensions.DependencyInjection.Abstractions"],
        ["Jobs"] =
        [
            "Jobs.Abstractions",
            "Microsoft.Extensions.Configuration.Binder",
            "Microsoft.Extensions.Diagnostics.HealthChecks",
            "Microsoft.Extensions.Hosting",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options",
            "Microsoft.Extensions.Options.ConfigurationExtensions",
        ],
        ["Jobs.AspNetCore"] = ["Jobs"],
        ["Jobs.Brokers.Conformance"] = ["Jobs.Testing", "xunit.v3.assert", "xunit.v3.extensibility.core"],
        ["Jobs.Brokers.Nats"] =
        [
            "Jobs",
            "Jobs.Transport",
            "Microsoft.Extensions.Configuration.Binder",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options.ConfigurationExtensions",
        ],
        ["Jobs.Brokers.Redis"] =
        [
            "Jobs",
            "Jobs.Transport",
            "Microsoft.Extensions.Configuration.Binder",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options.ConfigurationExtensions",
        ],
        ["Jobs.Brokers.Sqs"] =
        [
            "AWSSDK.Core",
            "Jobs",
            "Jobs.Transport",
            "Microsoft.Extensions.Configuration.Binder",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options.ConfigurationExtensions",
        ],
        ["Jobs.Testing"] = ["Jobs", "Microsoft.Extensions.Hosting"],
        ["Jobs.Transport"] = ["Microsoft.Extensions.Logging.Abstractions"],
    };

    [Theory]
    [MemberData(nameof(PackageFeed.Rows), MemberType = typeof(PackageFeed))]
    public void It_has_library_docs_symbols_and_readme(string id)
    {
        using var package = feed.Open(id);
        using var symbols = feed.OpenSymbols(id);
        foreach (var framework in Frameworks)
        {
            Assert.NotNull(package.GetEntry($"lib/{framework}/{id}.dll"));
            Assert.NotNull(package.GetEntry($"lib/{framework}/{id}.xml"));
            Assert.NotNull(symbols.GetEntry($"lib/{framework}/{id}.pdb"));
        }

        Assert.NotNull(package.GetEntry("README.md"));
        var metadata = Manifest(package, id);
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.NotEmpty(Value(metadata, "description"));
    }

    [Theory]
    [MemberData(nameof(PackageFeed.Rows), MemberType = typeof(PackageFeed))]
    public void It_depends_on_nothing_else(string id)
    {
        using var package = feed.Open(id);
        var groups = Manifest(package, id).Descendants().Where(static element => element is { Name.LocalName: "group", Parent.Name.LocalName: "dependencies" }).ToArray();

        Assert.Equal(Frameworks.Order(), groups.Select(static group => (string)group.Attribute("targetFramework")!).Order());
        foreach (var group in groups)
        {
            Assert.Equal(Dependencies[id], group.Elements().Select(static dependency => (string)dependency.Attribute("id")!).Order(StringComparer.Ordinal));

            // Else whoever takes this package alone would not get the generator. It does not come by way of the transport.
            Assert.DoesNotContain(group.Elements(), static dependency => (string)dependency.Attribute("id")! is { } id && id != "Jobs.Transport" && id.StartsWith("Jobs", StringComparison.Ordinal)
                && ((string?)dependency.Attribute("exclude") ?? "").Contains("Analyzers", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_generator_is_in_one_package_only()
    {
        foreach (var id in PackageFeed.Ids)
        {
            using var package = feed.Open(id);
            string[] analyzers = [.. package.Entries.Select(static entry => entry.FullName).Where(static name => name.StartsWith("analyzers/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

            Assert.Equal(
                id == "Jobs.Abstractions" ? ["analyzers/dotnet/cs/Jobs.Generators.CodeFixes.dll", "analyzers/dotnet/cs/Jobs.Generators.dll"] : [],
                analyzers);
        }
    }

    private static XElement Manifest(ZipArchive package, string id)
    {
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        return XElement.Load(stream);
    }

    private static string Value(XElement manifest, string name) => manifest.Descendants().Single(element => element.Name.LocalName == name).Value;
}
