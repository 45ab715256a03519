using System.Reflection;
using System.Runtime.CompilerServices;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Stores;
using Jobs.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Brokers.Tests.Redis;

public sealed class RedisOptionsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Jobs:Redis:ConnectionString", "own")]
    [InlineData("ConnectionStrings:jobs-redis", "redis")]
    [InlineData("ConnectionStrings:jobs", "any")]
    public void The_nearest_connection_string_wins(string path, string expected)
    {
        string[] paths = ["Jobs:Redis:ConnectionString", "ConnectionStrings:jobs-redis", "ConnectionStrings:jobs"];
        string[] names = ["own", "redis", "any"];
        var given = paths.Zip(names).SkipWhile(pair => pair.First != path).ToDictionary(static pair => pair.First, static pair => (string?)$"{pair.Second}:6379");

        Assert.Equal($"{expected}:6379", Bind(given).ConnectionString);
    }

    [Fact]
    public void A_store_beside_another_broker_names_its_own_server()
    {
        var given = new Dictionary<string, string?> { ["Jobs:Broker"] = "memory", ["Jobs:Store"] = "redis", ["ConnectionStrings:jobs"] = "nats://elsewhere" };

        Assert.Null(Bind(given).ConnectionString);
        Assert.Equal("here:6379", Bind(new(given) { ["ConnectionStrings:jobs-redis"] = "here:6379" }).ConnectionString);
    }

    [Fact]
    public async Task The_broker_brings_its_store_and_any_broker_may_have_it()
    {
        await using var own = Services(new() { ["Jobs:Broker"] = "redis", ["ConnectionStrings:jobs"] = "localhost:1" });
        await using var paired = Services(new() { ["Jobs:Store"] = "redis", ["Jobs:Redis:ConnectionString"] = "localhost:1" });

        Assert.IsType<RedisStore>(own.GetRequiredService<IJobStore>());
        Assert.Equal(("memory", "redis"), (paired.GetRequiredService<IJobBroker>().Name, paired.GetRequiredService<IJobStore>().Name));
    }

    [Fact]
    public void Code_wins_over_configuration()
    {
        var options = Bind(new() { ["Jobs:Redis:SendTimeout"] = "00:00:03" }, static options => options.SendTimeout = TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(4), options.SendTimeout);
    }

    [Theory]
    [InlineData("Jobs:Redis:SendTimeOut2", "1", "Jobs:Redis:SendTimeOut2 is not known. Did you mean 'SendTimeout'?")]
    [InlineData("Jobs:Redis:SendTimeout", "30", "Jobs:Redis:SendTimeout must be a duration")]
    [InlineData("Jobs:Redis:SendTimeout", "01:00:00", "Jobs:Redis:SendTimeout must be 00:00:00.1 to 00:10:00, but is 01:00:00.")]
    [InlineData("Jobs:Redis:MaxDocumentBytes", "5", "Jobs:Redis:MaxDocumentBytes must be 1,024 to 268,435,456, but is 5.")]
    [InlineData("Jobs:Redis:DedupeWindow", "00:00:00", "Jobs:Redis:DedupeWindow must be 00:00:01 to 7.00:00:00, but is 00:00:00.")]
    [InlineData("Jobs:Redis:ConnectionString", "localhost,colour=red", "colour")]
    [InlineData("Jobs:Redis:CaFile", "/etc/ca.pem", "add 'ssl=true'")]
    public void A_mistake_is_named_with_its_path(string path, string value, string expected)
    {
        var configuration = new Dictionary<string, string?> { ["Jobs:Redis:ConnectionString"] = "localhost", [path] = value };

        var error = Assert.Throws<JobConfigurationException>(() => RedisOptionsSetup.ClientOptionsOf(Bind(configuration), Lease));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_missing_connection_string_says_where_to_put_it()
    {
        var error = Assert.Throws<JobConfigurationException>(() => RedisOptionsSetup.ClientOptionsOf(Bind([]), Lease));

        Assert.Contains("Set Jobs:Redis:ConnectionString or ConnectionStrings:jobs-redis (for a broker, ConnectionStrings:jobs will do)", error.Message);
    }

    [Fact]
    public void A_password_is_not_shown()
    {
        var error = Assert.Throws<JobConfigurationException>(() => RedisOptionsSetup.ClientOptionsOf(new RedisBrokerOptions { ConnectionString = "localhost,password=hidden,colour=red" }, Lease));

        Assert.DoesNotContain("hidden", error.ToString());
    }

    [Fact]
    public void A_dead_server_is_noticed_well_inside_the_shortest_lease()
    {
        var client = RedisOptionsSetup.ClientOptionsOf(new RedisBrokerOptions { ConnectionString = "localhost" }, TimeSpan.FromSeconds(6));

        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)), (client.DeadAfter, client.KeepAlive));
    }

    [Fact]
    public void Every_option_is_on_the_page_and_nothing_else()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/configuration.md"));
        var section = page[page.IndexOf("\n## `Jobs:Redis`\n", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        var rows = section.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(static line => line.Split('`')[1]);
        var options = typeof(RedisBrokerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name).Order().ToArray();

        Assert.Equal(options, rows.Order());
        Assert.Equal(options, RedisOptionsSetup.Shape.Names.Order());
    }

    private static RedisBrokerOptions Bind(Dictionary<string, string?> configuration, Action<RedisBrokerOptions>? configure = null)
    {
        using var services = Services(configuration, configure);
        return services.GetRequiredService<IOptions<RedisBrokerOptions>>().Value;
    }

    private static ServiceProvider Services(Dictionary<string, string?> configuration, Action<RedisBrokerOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Jobs:Broker"] = configuration.ContainsKey("Jobs:Store") ? "memory" : "redis" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.AddJobs(jobs => jobs.AddRedis(configure));
        return builder.Services.BuildServiceProvider();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
