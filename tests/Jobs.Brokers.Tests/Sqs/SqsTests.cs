using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs;
using Jobs.Brokers.Sqs.Delaying;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Sqs;

/// <summary>Tests that look at what the broker asks SQS.</summary>
public abstract class SqsTests(SqsFixture fixture) : BrokerConformance<SqsFixture>(fixture)
{
    private readonly List<IAsyncDisposable> _open = [];

    private protected string Name(string suffix = "", string queue = Bench.Queue) => $"{Bench.Namespace}-{queue}{suffix}";

    /// <summary>A client beside the broker's.</summary>
    private protected ISqsClient Raw()
    {
        var client = SqsClient.Open(SqsFixture.ClientOptionsOf(new Uri($"http://{Fixture.Server!.EndPoint}")), TimeProvider.System, NullLogger.Instance);
        _open.Add(client);
        return client;
    }

    /// <summary>A process whose requests are watched, with nothing provisioned.</summary>
    private protected (Node Node, WatchedClient Client) Connect(Action<SqsBrokerOptions>? configure = null, DelayLimits? limits = null, TimeProvider? time = null)
    {
        var options = SqsFixture.OptionsOf();
        configure?.Invoke(options);
        var client = new WatchedClient(SqsClient.Open(SqsFixture.ClientOptionsOf(new Uri($"http://{Fixture.Server!.EndPoint}")), TimeProvider.System, NullLogger.Instance));
        var node = new Node(Bench, Bench.Target, new SqsBroker(client, Bench.Namespace, options, time ?? TimeProvider.System, new JobsTelemetry(), NullLogger.Instance, limits));
        _open.Add(node);
        return (node, client);
    }

    /// <summary>The same, with the queue provisioned and received from.</summary>
    private protected async Task<(Node Node, WatchedClient Client)> OpenAsync(Action<SqsBrokerOptions>? configure = null, DelayLimits? limits = null, TimeProvider? time = null, QueueTopology? queue = null)
    {
        var (node, client) = Connect(configure, limits, time);
        var topology = queue ?? Bench.Topology();
        await node.ProvisionAsync(topology);
        await node.OpenAsync(topology.Name, topology.Priorities);
        return (node, client);
    }

    private protected override async ValueTask AfterAsync()
    {
        foreach (var open in _open)
        {
            await open.DisposeAsync();
        }
    }
}
