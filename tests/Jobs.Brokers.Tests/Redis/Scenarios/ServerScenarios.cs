using System.Net;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Scenarios;

/// <summary>Servers that are wrong, full, restricted or forgetful.</summary>
public sealed class ServerScenarios
{
    private static readonly BrokerTopology Topology = new("scenario", [new QueueTopology("default", TimeSpan.FromSeconds(2))]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S24_a_full_server_refuses_jobs_with_a_reason_and_still_lets_them_be_done()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);
        await using var broker = Connect(server.EndPoint);
        await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token);
        var receiver = await broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = TimeSpan.FromSeconds(2), Worker = "test" }, Token);
        Assert.Equal(SendStatus.Accepted, (await SendAsync(broker, "first")).Status);
        await server.CommandAsync("CONFIG SET maxmemory 1", Token);

        var refused = await SendAsync(broker, "second");

        Assert.Equal(SendStatus.Failed, refused.Status);
        Assert.Contains("maxmemory", refused.Error!.Message);
        var buffer = new JobDelivery[1];
        Assert.Equal(1, await receiver.ReceiveAsync(buffer, wait: true, Token));
        var results = new SettleResult[1];
        await receiver.SettleAsync(new[] { new Settlement { Delivery = buffer[0], Kind = SettleKind.Complete } }, results, Token);
        Assert.Equal(SettleResult.Ok, results[0]);
        await server.CommandAsync("CONFIG SET maxmemory 0", Token);
        Assert.Equal(SendStatus.Accepted, (await SendAsync(broker, "third")).Status);
    }

    [Fact]
    public async Task S24_a_server_that_forgot_its_scripts_is_sent_them_again()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);
        await using var broker = Connect(server.EndPoint);
        await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token);
        await SendAsync(broker, "before");
        await server.CommandAsync("SCRIPT FLUSH", Token);

        Assert.Equal(SendStatus.Accepted, (await SendAsync(broker, "after")).Status);
        Assert.Equal(2, (await broker.GetDepthAsync("default", Token)).Waiting);
    }

    [Fact]
    public async Task S34_a_wrong_password_fails_the_provisioning_and_names_the_setting()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false, Password = "right" }, Token);
        await using var broker = Connect(server.EndPoint, ",password=guessed");

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token));

        Assert.Contains("password", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("guessed", error.Message);
        Assert.Equal(BrokerStatus.Failed, broker.Health.Status);
    }

    [Fact]
    public async Task A_user_without_the_commands_is_told_what_to_grant()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);
        await server.CommandAsync("ACL SETUSER poor on >secret ~* +@connection +info +config|get", Token);
        await using var broker = Connect(server.EndPoint, ",user=poor,password=secret");

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token));

        Assert.Contains("ACL SETUSER", error.Message);
        Assert.Contains("+@stream", error.Message);
    }

    [Fact]
    public async Task The_permissions_that_are_documented_are_enough()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);
        await server.CommandAsync(ServerChecks.Permissions("scenario").Replace("<user>", "jobs on >secret", StringComparison.Ordinal), Token);
        await using var broker = Connect(server.EndPoint, ",user=jobs,password=secret");
        await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token);
        await using var receiver = await broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = TimeSpan.FromSeconds(2), Worker = "test" }, Token);
        var results = new SettleResult[1];
        foreach (var kind in (SettleKind[])[SettleKind.Complete, SettleKind.Release, SettleKind.DeadLetter])
        {
            Assert.Equal(SendStatus.Accepted, (await SendAsync(broker, $"{kind}")).Status);
            var buffer = new JobDelivery[1];
            Assert.Equal(1, await receiver.ReceiveAsync(buffer, wait: true, Token));
            receiver.Renew(buffer, results);
            Assert.Equal(SettleResult.Ok, results[0]);
            await receiver.SettleAsync(new[] { new Settlement { Delivery = buffer[0], Kind = kind } }, results, Token);
            Assert.Equal(SettleResult.Ok, results[0]);
        }

        await broker.SetPausedAsync("default", true, Token);
        await broker.SetPausedAsync("default", false, Token);
        Assert.Equal(1, await broker.CountDeadLettersAsync("default", Token));
        Assert.Equal(1, (await broker.ReplayDeadLettersAsync("default", new ReplayFilter(), Token)).Replayed);
        await broker.PurgeAsync("default", Token);
    }

    [Fact]
    public async Task A_key_of_somebody_else_is_named()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);
        await server.CommandAsync("SET {scenario:default}:normal taken", Token);
        await using var broker = Connect(server.EndPoint);

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token));

        Assert.Contains("Jobs:Namespace", error.Message);
    }

    private static RedisBroker Connect(IPEndPoint server, string more = "") => new(
        RedisClient.Open(RedisClientOptions.Parse($"{server}{more}"), TimeProvider.System, NullLogger.Instance),
        Topology.Namespace,
        new RedisBrokerOptions(),
        TimeProvider.System,
        new JobsTelemetry(),
        NullLogger.Instance);

    private static async Task<SendResult> SendAsync(RedisBroker broker, string id)
    {
        var document = System.Text.Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"test","jobqueue":"default","data":{ } }""");
        var results = new SendResult[1];
        await broker.SendAsync(new[] { JobMessage.FromBytes(document) }, results, Token);
        return results[0];
    }
}
