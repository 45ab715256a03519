using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Stores;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The NATS store on a server of its own.</summary>
public sealed class NatsStoreFixture : StoreFixture
{
    public override ServerProcess CreateServer() => new NatsServer();

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(Open(target.Server!.ToString()!, target.Namespace, new NatsBrokerOptions()));

    internal static NatsStore Open(string servers, string @namespace, NatsBrokerOptions options, StoreSweepTimes? sweeping = null) => new(
        NatsClient.Open(NatsClientOptions.Parse($"{servers},keepAlive=1,deadAfter=3"), TimeProvider.System, NullLogger.Instance),
        @namespace,
        options,
        ProvisionMode.CreateIfMissing,
        TimeProvider.System,
        new JobsTelemetry(),
        NullLogger.Instance,
        sweeping);
}
