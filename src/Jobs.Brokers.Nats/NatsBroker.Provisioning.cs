using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Transport;

namespace Jobs.Brokers.Nats;

/// <content>Streams and consumers.</content>
internal sealed partial class NatsBroker
{
    private static readonly TimeSpan FirstProvisionPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProvisionPause = TimeSpan.FromSeconds(10);

    public async ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topology);
        foreach (var queue in topology.Queues)
        {
            _sender.Learn(queue);
        }

        for (var pause = new RetryPause(FirstProvisionPause, LongestProvisionPause, _time); ;)
        {
            try
            {
                await new Provisioner(_jetStream, _names, _options, mode, _logger).RunAsync(topology, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (JetStreamException error) when (error.Kind.Passes())
            {
                // A host that starts with its servers waits for them.
                if (pause.IsFirst)
                {
                    Log.ProvisionInterrupted(_logger, topology.Namespace, error.Message);
                }
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal QueueTopology? TopologyOf(string queue) => _sender.TopologyOf(queue);
}
