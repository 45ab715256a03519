using System.IO.Compression;

namespace Packages.Tests;

/// <summary>Whoever changes what the world sees does so knowingly. <c>UPDATE_PUBLIC_API=1</c> writes the files.</summary>
public class PublicApiTests(PackageFeed feed)
{
    [Theory]
    [MemberData(nameof(PackageFeed.Rows), MemberType = typeof(PackageFeed))]
    public async Task It_is_what_was_recorded(string id)
    {
        var file = Path.Combine(Repository.Tests, "PublicApi", $"{id}.txt");
        var actual = PublicApi.Describe(Library(id), PackageFeed.Ids.Where(other => other != id).Select(Library));
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
        {
            await File.WriteAllLinesAsync(file, actual, TestContext.Current.CancellationToken);
        }

        var recorded = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var changes = recorded.Except(actual).Select(static line => $"- {line}").Concat(actual.Except(recorded).Select(static line => $"+ {line}")).ToArray();
        Assert.True(changes.Length == 0, $"The public surface of {id} changed. UPDATE_PUBLIC_API=1 accepts:{Environment.NewLine}{string.Join(Environment.NewLine, changes)}");
    }

    private byte[] Library(string id)
    {
        using var package = feed.Open(id);
        using var stream = package.GetEntry($"lib/net10.0/{id}.dll")!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
