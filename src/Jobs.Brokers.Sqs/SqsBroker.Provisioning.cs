using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Provisioning;

namespace Jobs.Brokers.Sqs;

/// <content>Queues at SQS.</content>
internal sealed partial class SqsBroker
{
    private static readonly TimeSpan FirstProvisionPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProvisionPause = TimeSpan.FromSeconds(10);

    public async ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topology);
        foreach (var queue in topology.Queues)
        {
            _sender.Learn(queue);
            _delayQueues.Learn(queue.Name);
        }

        _delayQueues.Mode = mode;
        for (var pause = new RetryPause(FirstProvisionPause, LongestProvisionPause, _time); ;)
        {
            try
            {
                await new Provisioner(_client, _urls, _names, _options, mode, _logger).RunAsync(topology, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SqsException error) when (error.Kind is SqsErrorKind.Invalid or SqsErrorKind.Unsupported)
            {
                throw new JobConfigurationException($"SQS does not take the settings of a queue of namespace '{topology.Namespace}': {error.Message}", error);
            }
            catch (SqsException error)
            {
                // A host that starts with its service waits for it.
                if (pause.IsFirst)
                {
                    Log.ProvisionInterrupted(_logger, topology.Namespace, error.Message);
                }
            }

            await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
