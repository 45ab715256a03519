namespace Packages.Tests;

/// <summary>Fresh projects that have nothing but the packages.</summary>
public class ConsumerTests(PackageFeed feed)
{
    [Fact]
    public async Task A_console_program_builds_and_runs()
    {
        Assert.Contains("sent 3 letters", await Dotnet.RunAsync(feed.Consumer("Console"), "run", "-c", "Release", "-f", "net10.0"));
    }

    [Fact]
    public async Task A_console_program_publishes_to_native_code()
    {
        var folder = feed.Consumer("Console");
        var output = Path.Combine(folder, "native");

        await Dotnet.RunAsync(folder, "publish", "-c", "Release", "-f", "net9.0", "--use-current-runtime", "-o", output);

        Assert.Contains("sent 3 letters", await Dotnet.StartAsync(Path.Combine(output, "Console"), folder));
    }

    [Fact]
    public async Task A_web_api_enqueues_from_a_request()
    {
        Assert.Contains("202 /jobs/", await Dotnet.RunAsync(feed.Consumer("WebApi"), "run", "-c", "Release"));
    }

    [Fact]
    public async Task A_producer_and_a_worker_share_a_contract()
    {
        Assert.Contains("packed order 7", await Dotnet.RunAsync(feed.Consumer("Shop.Worker"), "run", "-c", "Release"));
    }
}
