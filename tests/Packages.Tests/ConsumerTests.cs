namespace Packages.Tests;

/// <summary>Fresh projects that have nothing but the packages.</summary>
public class ConsumerTests(PackageFeed feed)
{
    private const string WebAnswers = "order 202, status 200, events succeeded, by name 202, bad 400 number";

    [Fact]
    public async Task A_console_program_builds_and_runs()
    {
        Assert.Contains("sent 3 letters", await Dotnet.RunAsync(feed.Consumer("Console"), "run", "-c", "Release", "-f", "net10.0"));
    }

    [Theory]
    [InlineData("Console", "sent 3 letters")]
    [InlineData("Shop.Worker", "packed order 7")]
    [InlineData("WebApi", WebAnswers)]
    public async Task A_program_publishes_to_native_code(string consumer, string printed)
    {
        var folder = feed.Consumer(consumer);
        var output = Path.Combine(folder, "native");

        await Dotnet.RunAsync(folder, "publish", "-c", "Release", "-f", "net9.0", "--use-current-runtime", "-o", output);

        Assert.Contains(printed, await Dotnet.StartAsync(Path.Combine(output, consumer), folder));
    }

    [Fact]
    public async Task A_web_api_enqueues_from_a_request()
    {
        Assert.Contains(WebAnswers, await Dotnet.RunAsync(feed.Consumer("WebApi"), "run", "-c", "Release", "-f", "net10.0"));
    }

    [Fact]
    public async Task A_project_is_held_to_its_shipped_file_without_naming_it()
    {
        var file = Path.Combine(feed.Consumer("WebApi"), "Jobs.Shipped.txt");
        await File.WriteAllTextAsync(file, "gone v1", TestContext.Current.CancellationToken);
        try
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Dotnet.RunAsync(feed.Consumer("WebApi"), "build", "-c", "Release"));
            Assert.Contains("error JOBS025", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_command_line_records_what_ships()
    {
        var folder = feed.Consumer("WebApi");
        var file = Path.Combine(folder, "Jobs.Shipped.txt");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        try
        {
            // As docs/versioning.md says.
            await Dotnet.RunAsync(folder, "format", "analyzers", "--diagnostics", "JOBS028", "--severity", "info");
            Assert.Equal("orders.confirm v1\n  required int number\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_producer_and_a_worker_share_a_contract()
    {
        Assert.Contains("packed order 7", await Dotnet.RunAsync(feed.Consumer("Shop.Worker"), "run", "-c", "Release", "-f", "net10.0"));
    }
}
