using System.Globalization;
using System.Text;
using System.Text.Json;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Protocol.Signing;
using Jobs.Brokers.Tests.Nats.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Scenarios;

/// <summary>The NATS broker on a cluster of three, each stream with three replicas. Brokers connect with a key that can be changed.</summary>
public sealed class NatsClusterFixture : BrokerFixture
{
    private readonly string _keyFile = Path.GetTempFileName();
    private NKey _key = Key(1);
    private INatsClient _operator = null!;

    /// <summary>Longer than a cluster takes to elect a leader on a busy machine.</summary>
    public override TimeSpan Lease => TimeSpan.FromSeconds(3);

    public NatsCluster Cluster { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, _key.ToSeed());
        Cluster = await NatsCluster.StartAsync(Users(), CancellationToken.None);
        _operator = NatsClient.Open(NatsClientOptions.Parse($"{Servers},keepAlive=1,deadAfter=2"), TimeProvider.System, NullLogger.Instance);
        await RestoreAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _operator.DisposeAsync();
        await Cluster.DisposeAsync();
        File.Delete(_keyFile);
        await base.DisposeAsync();
    }

    public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(new NatsBroker(
        NatsClient.Open(NatsClientOptions.Parse($"{Servers},nkey={_keyFile},keepAlive=1,deadAfter=2"), Time, NullLogger.Instance),
        target.Namespace,
        new NatsBrokerOptions { Replicas = 3, SendTimeout = TimeSpan.FromSeconds(30) },
        Time,
        new JobsTelemetry(),
        NullLogger.Instance));

    public override ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The key that brokers connect with is not taken any more, and another is.</summary>
    public async Task RotateKeyAsync()
    {
        _key = Key((byte)(_key.PublicKey == Key(1).PublicKey ? 2 : 1));
        await File.WriteAllTextAsync(_keyFile, _key.ToSeed(), Token);
        foreach (var server in Cluster.Servers)
        {
            server.Configuration = server.Configuration[..server.Configuration.IndexOf("authorization", StringComparison.Ordinal)] + Users();
            await server.ReloadAsync(Token);
        }
    }

    /// <summary>The server that leads a stream, or one of its consumers.</summary>
    public async Task<NatsServer> LeaderAsync(string stream, string? consumer = null)
    {
        while (true)
        {
            using var answer = JsonDocument.Parse(await AskAsync(consumer is null ? $"STREAM.INFO.{stream}" : $"CONSUMER.INFO.{stream}.{consumer}"));
            if (answer.RootElement.TryGetProperty("cluster", out var cluster) && cluster.TryGetProperty("leader", out var leader))
            {
                return Cluster.Servers[int.Parse(leader.GetString()!.AsSpan(1), CultureInfo.InvariantCulture) - 1];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
    }

    /// <summary>Calls JetStream as an operator would; again where nobody answers.</summary>
    public async Task<string> AskAsync(string call, string body = "")
    {
        while (true)
        {
            try
            {
                await _operator.WaitConnectedAsync(Token);
                using var reply = await _operator.RequestAsync(Encoding.UTF8.GetBytes($"$JS.API.{call}"), [], Encoding.UTF8.GetBytes(body), TimeSpan.FromSeconds(1), Token);
                return Encoding.UTF8.GetString(reply.Payload);
            }
            catch (NatsException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
            }
        }
    }

    /// <summary>Starts and continues whatever a check has ended or held.</summary>
    public async Task RestoreAsync()
    {
        foreach (var server in Cluster.Servers)
        {
            if (!server.IsRunning)
            {
                await server.StartAsync(Token);
            }

            await server.ResumeAsync(Token);
        }

        // Until all know that all are there, no stream can be made.
        while (!(await AskAsync("STREAM.CREATE.probe", """{"name":"probe","subjects":["probe"],"num_replicas":3,"storage":"memory"}""")).Contains("\"cluster\"", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
        }

        await AskAsync("STREAM.DELETE.probe");
    }

    private string Servers => string.Join(',', Cluster.Servers.Select(static server => server.EndPoint));

    private static NKey Key(byte seed) => NKey.Create(NKeyText.User, [.. Enumerable.Repeat(seed, 32)]);

    // Who has no key may look and do harm: the operator.
    private string Users() => $$"""
        authorization { users: [ { user: operator, password: operator }, { nkey: {{_key.PublicKey}} } ] }
        no_auth_user: operator
        """;
}
