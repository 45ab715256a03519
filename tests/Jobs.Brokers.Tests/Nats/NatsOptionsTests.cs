using System.Reflection;
using System.Runtime.CompilerServices;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Stores;
using Jobs.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Brokers.Tests.Nats;

public sealed class NatsOptionsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Jobs:Nats:ConnectionString", "own")]
    [InlineData("ConnectionStrings:jobs-nats", "nats")]
    [InlineData("ConnectionStrings:jobs", "any")]
    public void The_nearest_connection_string_wins(string path, string expected)
    {
        string[] paths = ["Jobs:Nats:ConnectionString", "ConnectionStrings:jobs-nats", "ConnectionStrings:jobs"];
        string[] names = ["own", "nats", "any"];
        var given = paths.Zip(names).SkipWhile(pair => pair.First != path).ToDictionary(static pair => pair.First, static pair => (string?)$"{pair.Second}:4222");

        Assert.Equal($"{expected}:4222", Bind(given).ConnectionString);
    }

    [Fact]
    public void A_store_beside_another_broker_names_its_own_server()
    {
        var given = new Dictionary<string, string?> { ["Jobs:Broker"] = "memory", ["Jobs:Store"] = "nats", ["ConnectionStrings:jobs"] = "redis://elsewhere" };

        Assert.Null(Bind(given).ConnectionString);
        Assert.Equal("here:4222", Bind(new(given) { ["ConnectionStrings:jobs-nats"] = "here:4222" }).ConnectionString);
    }

    [Fact]
    public async Task The_broker_brings_its_store_and_any_broker_may_have_it()
    {
        await using var own = Services(new() { ["Jobs:Broker"] = "nats", ["ConnectionStrings:jobs"] = "localhost:1" });
        await using var paired = Services(new() { ["Jobs:Store"] = "nats", ["Jobs:Nats:ConnectionString"] = "localhost:1" });

        Assert.IsType<NatsStore>(own.GetRequiredService<IJobStore>());
        Assert.Equal(("memory", "nats"), (paired.GetRequiredService<IJobBroker>().Name, paired.GetRequiredService<IJobStore>().Name));
    }

    [Fact]
    public void Code_wins_over_configuration()
    {
        var options = Bind(new() { ["Jobs:Nats:SendTimeout"] = "00:00:03" }, static options => options.SendTimeout = TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(4), options.SendTimeout);
    }

    [Theory]
    [InlineData("Jobs:Nats:SendTimeOut2", "1", "Jobs:Nats:SendTimeOut2 is not known. Did you mean 'SendTimeout'?")]
    [InlineData("Jobs:Nats:SendTimeout", "30", "Jobs:Nats:SendTimeout must be a duration")]
    [InlineData("Jobs:Nats:SendTimeout", "00:05:00", "Jobs:Nats:SendTimeout must be 00:00:00.1 to 00:02:00, but is 00:05:00.")]
    [InlineData("Jobs:Nats:Replicas", "0", "Jobs:Nats:Replicas must be 1 to 5, but is 0.")]
    [InlineData("Jobs:Nats:Replicas", "6", "Jobs:Nats:Replicas must be 1 to 5, but is 6.")]
    [InlineData("Jobs:Nats:DedupeWindow", "00:01:00", "Jobs:Nats:DedupeWindow must be 00:02:00 to 7.00:00:00, but is 00:01:00.")]
    [InlineData("Jobs:Nats:ConnectionString", "localhost,colour=red", "colour")]
    [InlineData("Jobs:Nats:ConnectionString", "wss://localhost", "WebSockets are not supported")]
    [InlineData("Jobs:Nats:ClientKeyFile", "/etc/key.pem", "set Jobs:Nats:ClientCertificateFile")]
    public void A_mistake_is_named_with_its_path(string path, string value, string expected)
    {
        var configuration = new Dictionary<string, string?> { ["Jobs:Nats:ConnectionString"] = "localhost", [path] = value };

        var error = Assert.Throws<JobConfigurationException>(() => NatsOptionsSetup.ClientOptionsOf(Bind(configuration), Lease));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_missing_connection_string_says_where_to_put_it()
    {
        var error = Assert.Throws<JobConfigurationException>(() => NatsOptionsSetup.ClientOptionsOf(Bind([]), Lease));

        Assert.Contains("Set Jobs:Nats:ConnectionString or ConnectionStrings:jobs-nats (for a broker, ConnectionStrings:jobs will do)", error.Message);
    }

    [Fact]
    public void A_password_is_not_shown()
    {
        var error = Assert.Throws<JobConfigurationException>(() => NatsOptionsSetup.ClientOptionsOf(new NatsBrokerOptions { ConnectionString = "localhost,password=hidden,colour=red" }, Lease));

        Assert.DoesNotContain("hidden", error.ToString());
    }

    [Fact]
    public void A_dead_server_is_noticed_well_inside_the_shortest_lease()
    {
        var client = NatsOptionsSetup.ClientOptionsOf(new NatsBrokerOptions { ConnectionString = "localhost" }, TimeSpan.FromSeconds(6));

        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)), (client.DeadAfter, client.KeepAlive));
    }

    [Fact]
    public void Options_win_over_the_connection_string()
    {
        var client = NatsOptionsSetup.ClientOptionsOf(
            new NatsBrokerOptions { ConnectionString = "nats://localhost,creds=one.creds,name=shop,tlsVerify=true", CredentialsFile = "two.creds", NKeyFile = "seed", CaFile = "ca.pem", AcceptAnyServerCertificate = true },
            Lease);

        Assert.Equal(("two.creds", "seed", "ca.pem", "shop"), (client.CredentialsFile, client.NKeyFile, client.TlsCaFile, client.ClientName));
        Assert.True(client is { RequiresTls: true, TlsVerify: false });
    }

    [Fact]
    public void Every_option_is_on_the_page_and_nothing_else()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/configuration.md"));
        var section = page[page.IndexOf("\n## `Jobs:Nats`\n", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        var rows = section.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(static line => line.Split('`')[1]);
        var options = typeof(NatsBrokerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name).Order().ToArray();

        Assert.Equal(options, rows.Order());
        Assert.Equal(options, NatsOptionsSetup.Shape.Names.Order());
    }

    private static NatsBrokerOptions Bind(Dictionary<string, string?> configuration, Action<NatsBrokerOptions>? configure = null)
    {
        using var services = Services(configuration, configure);
        return services.GetRequiredService<IOptions<NatsBrokerOptions>>().Value;
    }

    private static ServiceProvider Services(Dictionary<string, string?> configuration, Action<NatsBrokerOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Jobs:Broker"] = configuration.ContainsKey("Jobs:Store") ? "memory" : "nats" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.AddJobs(jobs => jobs.AddNats(configure));
        return builder.Services.BuildServiceProvider();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
