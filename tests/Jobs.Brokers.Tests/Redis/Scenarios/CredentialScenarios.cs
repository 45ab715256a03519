using System.Collections.Concurrent;
using System.Text;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Messages;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Redis.Scenarios;

/// <summary>Passwords that change while workers run.</summary>
public sealed class CredentialScenarios : IAsyncLifetime
{
    // Who was told often enough that the password is wrong asks less and less often.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(3);
    private static readonly ProbeDefinition Job = new();

    private readonly RedisServer _server = new(new RedisServerOptions { AppendOnly = false });
    private readonly ConcurrentQueue<(string Worker, JobId Id)> _runs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Token);
        await DoAsync(ServerChecks.Permissions("scenario").Replace("<user>", "jobs on >old", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task S33_a_password_is_rotated_while_both_are_valid_and_no_worker_stops()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        using var before = await StartAsync("old", proxy);
        await RunsAsync(before, "one");

        await DoAsync("ACL SETUSER jobs >new");
        await DisconnectAllAsync();
        using var after = await StartAsync("new", proxy);

        await RunsAsync(before, "two");
        await RunsAsync(after, "three");
        await before.StopAsync(Token);
        await DoAsync("ACL SETUSER jobs <old");
        await DisconnectAllAsync();
        await RunsAsync(after, "four");
        Assert.Equal("new", _runs.Last().Worker);
        await after.StopAsync(Token);
    }

    [Fact]
    public async Task S33_a_password_that_becomes_wrong_is_named_asked_for_slowly_and_taken_again_without_a_restart()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        using var host = await StartAsync("old", proxy);
        await RunsAsync(host, "one");

        await DoAsync("ACL SETUSER jobs resetpass >other");
        await DisconnectAllAsync();

        var broker = host.Services.GetRequiredService<IJobBroker>();
        await Clients.UntilAsync(() => Task.FromResult(broker.Health.Status == BrokerStatus.Failed));
        var error = broker.Health.Error!;
        Assert.Contains("The password of user 'jobs' is wrong: see 'user' and 'password' in the connection string.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("old", error, StringComparison.Ordinal);
        var refused = await SendAsync(host, "two");
        Assert.Equal(SendStatus.Failed, refused.Status);
        Assert.Contains("password", refused.Error!.Message, StringComparison.Ordinal);
        var dialed = proxy.Accepted;
        await Task.Delay(Watch, TimeProvider.System, Token);
        // One try a second at most, and none by the waiting reads.
        Assert.InRange(proxy.Accepted - dialed, 1, 4);

        await DoAsync("ACL SETUSER jobs >old");

        await UntilAsync(() => broker.Health.Status == BrokerStatus.Connected);
        await RunsAsync(host, "three");
        await host.StopAsync(Token);
    }

    private async Task<IHost> StartAsync(string password, TcpProxy proxy)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:Broker"] = "redis",
            ["Jobs:Namespace"] = "scenario",
            ["Jobs:Redis:ConnectionString"] = $"{proxy.EndPoint},user=jobs,password={password}",
        });
        builder.AddJobs(jobs => jobs.AddRedis().AddDefinition(Job).AddHandler(new ProbeHandler(Job, (context, _) =>
        {
            _runs.Enqueue((password, context.Id));
            return Task.CompletedTask;
        })).AddWorker());
        var host = builder.Build();
        await host.StartAsync(Token);
        return host;
    }

    // A job goes through: enqueued by this host, run by any.
    private async Task RunsAsync(IHost host, string id)
    {
        await UntilAsync(() => SendAsync(host, id).GetAwaiter().GetResult().IsStored);
        await UntilAsync(() => _runs.Any(run => run.Id.ToString() == id));
        Assert.Single(_runs, run => run.Id.ToString() == id);
    }

    private static async Task<SendResult> SendAsync(IHost host, string id)
    {
        var document = Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"{{Job.Name}}","jobqueue":"default","data":{ } }""");
        var results = new SendResult[1];
        await host.Services.GetRequiredService<IJobBroker>().SendAsync(new[] { JobMessage.FromBytes(document) }, results, Token);
        return results[0];
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    // Redis lets connections live whose password has changed; a failover or a restart does not.
    private Task DisconnectAllAsync() => DoAsync("CLIENT KILL USER jobs");

    private async Task DoAsync(string command)
    {
        var answer = await _server.CommandAsync(command, Token);
        Assert.False(answer.StartsWith('-'), answer);
    }
}
