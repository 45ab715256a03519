using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests.Pages;

/// <summary>The page on generated code shows what is generated, to the letter. <c>UPDATE_GOLDEN=1</c> writes it.</summary>
public sealed class GeneratedCodePageTests
{
    [Fact]
    public void It_shows_all_that_is_generated_of_its_class()
    {
        var page = Page.Named("generated-code.md");
        var files = GeneratorRunner.Run(page.Blocks[0]).Files;
        string[] generated = [files.Single(static file => file.Key.Contains("EmailJobsClient", StringComparison.Ordinal)).Value, files.Single(static file => file.Key.StartsWith("JobsRegistration", StringComparison.Ordinal)).Value];
        if (Golden.IsUpdating)
        {
            page.Replace(1, generated[0]).Replace(2, generated[1]).Save();
            return;
        }

        Assert.Equal(2, files.Count);
        Assert.Equal(3, page.Blocks.Count);
        Assert.Equal(generated[0], page.Blocks[1]);
        Assert.Equal(generated[1], page.Blocks[2]);
    }
}
