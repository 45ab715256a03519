using System.Reflection;
using System.Runtime.CompilerServices;
using Jobs.Brokers.Sqs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Brokers.Tests.Sqs;

public sealed class SqsOptionsTests
{
    [Theory]
    [InlineData("Jobs:Sqs:ConnectionString", "own")]
    [InlineData("ConnectionStrings:jobs-sqs", "sqs")]
    [InlineData("ConnectionStrings:jobs", "any")]
    public void The_nearest_connection_string_wins(string path, string expected)
    {
        string[] paths = ["Jobs:Sqs:ConnectionString", "ConnectionStrings:jobs-sqs", "ConnectionStrings:jobs"];
        string[] names = ["own", "sqs", "any"];
        var given = paths.Zip(names).SkipWhile(pair => pair.First != path).ToDictionary(static pair => pair.First, static pair => (string?)$"sqs://{pair.Second}");

        Assert.Equal($"sqs://{expected}", Bind(given).ConnectionString);
    }

    [Fact]
    public void Without_any_setting_the_environment_says_where_and_as_whom()
    {
        var client = SqsOptionsSetup.ClientOptionsOf(Bind([]), 1);

        Assert.True(client is { Region: null, Endpoint: null, AccessKey: null, Profile: null });
    }

    [Fact]
    public void A_region_is_a_connection_string()
    {
        var client = SqsOptionsSetup.ClientOptionsOf(new SqsBrokerOptions { ConnectionString = "sqs://eu-central-1" }, 1);

        Assert.Equal(("eu-central-1", null), (client.Region, client.Endpoint));
    }

    [Fact]
    public void An_emulator_is_a_connection_string()
    {
        var client = SqsOptionsSetup.ClientOptionsOf(new SqsBrokerOptions { ConnectionString = "http://key:s%2Fcret@localhost:4566?region=us-east-1" }, 1);

        Assert.Equal(("us-east-1", new Uri("http://localhost:4566/"), "key", "s/cret"), (client.Region, client.Endpoint, client.AccessKey, client.SecretKey));
    }

    [Fact]
    public void Options_win_over_the_connection_string()
    {
        var client = SqsOptionsSetup.ClientOptionsOf(
            new SqsBrokerOptions { ConnectionString = "http://key:secret@localhost:4566?region=us-east-1", Region = "eu-west-1", ServiceUrl = "http://other:1", AccessKey = "k", SecretKey = "s" }, 1);

        Assert.Equal(("eu-west-1", new Uri("http://other:1"), "k", "s"), (client.Region, client.Endpoint, client.AccessKey, client.SecretKey));
    }

    [Fact]
    public void Receives_that_wait_leave_connections_for_the_rest()
    {
        var client = SqsOptionsSetup.ClientOptionsOf(new SqsBrokerOptions { MaxReceives = 100 }, 5);

        Assert.True(client.MaxConnections > 500);
    }

    [Theory]
    [InlineData("Jobs:Sqs:SendTimeOut2", "1", "Jobs:Sqs:SendTimeOut2 is not known. Did you mean 'SendTimeout'?")]
    [InlineData("Jobs:Sqs:SendTimeout", "30", "Jobs:Sqs:SendTimeout must be a duration")]
    [InlineData("Jobs:Sqs:SendTimeout", "00:15:00", "Jobs:Sqs:SendTimeout must be 00:00:00.1 to 00:10:00, but is 00:15:00.")]
    [InlineData("Jobs:Sqs:ReceiveWait", "00:00:21", "Jobs:Sqs:ReceiveWait must be whole seconds, 00:00:01 to 00:00:20, but is 00:00:21.")]
    [InlineData("Jobs:Sqs:ReceiveWait", "00:00:01.5", "Jobs:Sqs:ReceiveWait must be whole seconds")]
    [InlineData("Jobs:Sqs:MaxReceives", "0", "Jobs:Sqs:MaxReceives must be 1 to 100, but is 0.")]
    [InlineData("Jobs:Sqs:DeleteLinger", "00:00:02", "Jobs:Sqs:DeleteLinger must be 00:00:00 to 00:00:01, but is 00:00:02.")]
    [InlineData("Jobs:Sqs:PauseCheck", "00:00:00", "Jobs:Sqs:PauseCheck must be 00:00:00.1 to 01:00:00, but is 00:00:00.")]
    [InlineData("Jobs:Sqs:MaxReceiveCount", "9", "Jobs:Sqs:MaxReceiveCount must be 10 to 1,000, but is 9.")]
    [InlineData("Jobs:Sqs:QueuePrefix", "shop.", "Jobs:Sqs:QueuePrefix must be letters, digits, '-' and '_' only, but is shop..")]
    [InlineData("Jobs:Sqs:AccessKey", "key", "Jobs:Sqs:AccessKey must be set together with Jobs:Sqs:SecretKey")]
    [InlineData("Jobs:Sqs:SessionToken", "token", "Jobs:Sqs:SessionToken must be set together with Jobs:Sqs:AccessKey")]
    [InlineData("Jobs:Sqs:ServiceUrl", "localhost:4566", "Jobs:Sqs:ServiceUrl must be an absolute URL")]
    [InlineData("Jobs:Sqs:ConnectionString", "localhost:6379", "'sqs://eu-central-1'")]
    [InlineData("Jobs:Sqs:ConnectionString", "nats://localhost", "it is neither 'sqs://region' nor a URL")]
    [InlineData("Jobs:Sqs:ConnectionString", "http://localhost?colour=red", "only 'region=…' is known")]
    [InlineData("Jobs:Sqs:ConnectionString", "sqs://eu-west-1?region=eu-west-2", "must not be there twice")]
    [InlineData("Jobs:Sqs:FifoQueues", "orders", "Jobs:Sqs:FifoQueues must be a list of queues")]
    public void A_mistake_is_named_with_its_path(string path, string value, string expected)
    {
        var error = Assert.Throws<JobConfigurationException>(() => SqsOptionsSetup.ClientOptionsOf(Bind(new() { [path] = value }), 1));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_secret_is_not_shown()
    {
        var error = Assert.Throws<JobConfigurationException>(() => SqsOptionsSetup.ClientOptionsOf(new SqsBrokerOptions { ConnectionString = "http://key:hidden@localhost?colour=red" }, 1));

        Assert.DoesNotContain("hidden", error.ToString());
    }

    [Fact]
    public void Every_option_is_on_the_page_and_nothing_else()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/configuration.md"));
        var section = page[page.IndexOf("\n## `Jobs:Sqs`\n", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        var rows = section.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(static line => line.Split('`')[1]);
        var options = typeof(SqsBrokerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name).Order().ToArray();

        Assert.Equal(options, rows.Order());
        Assert.Equal(options, SqsOptionsSetup.Shape.Names.Order());
    }

    [Fact]
    public async Task A_job_that_needs_a_store_is_refused_at_start_with_the_remedy()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Jobs:Broker"] = "sqs", ["Jobs:Sqs:ConnectionString"] = "http://key:secret@127.0.0.1:9?region=us-east-1" });
        builder.AddJobs(static jobs => jobs.AddSqs().AddTestsJobs());
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("set Jobs:Store", error.Message);
        Assert.Contains("'sqs' does not", error.Message);
    }

    private static SqsBrokerOptions Bind(Dictionary<string, string?> configuration, Action<SqsBrokerOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.AddJobs(jobs => jobs.AddSqs(configure));
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<SqsBrokerOptions>>().Value;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
