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
    private NatsOperator _operator = null!;

    /// <summary>Longer than a cluster takes to elect a leader on a busy machine.</summary>
    public override TimeSpan Lease => TimeSpan.FromSeconds(3);

    public NatsCluster Cluster { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, _key.ToSeed());
        Cluster = await NatsCluster.StartAsync(Users(), CancellationToken.None);
        _operator = new NatsOperator(Cluster);
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
        NatsClient.Open(NatsClientOptions.Parse($"{NatsOperator.ServersOf(Cluster)},nkey={_keyFile},keepAlive=1,deadAfter=2"), Time, NullLogger.Instance),
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

    /// <inheritdoc cref="NatsOperator.LeaderAsync"/>
    public Task<NatsServer> LeaderAsync(string stream, string? consumer = null) => _operator.LeaderAsync(stream, consumer);

    /// <inheritdoc cref="NatsOperator.AskAsync"/>
    public Task<string> AskAsync(string call) => _operator.AskAsync(call);

    /// <inheritdoc cref="NatsOperator.RestoreAsync"/>
    public Task RestoreAsync() => _operator.RestoreAsync();

    private static NKey Key(byte seed) => NKey.Create(NKeyText.User, [.. Enumerable.Repeat(seed, 32)]);

    // Who has no key may look and do harm: the operator.
    private string Users() => $$"""
        authorization { users: [ { user: operator, password: operator }, { nkey: {{_key.PublicKey}} } ] }
        no_auth_user: operator
        """;
}
