using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Provisioning;

/// <summary>Makes sure, once, that the queues of a topology are there and as they have to be.</summary>
internal sealed class Provisioner(ISqsClient client, QueueUrls urls, SqsNames names, SqsBrokerOptions options, ProvisionMode mode, ILogger logger)
{
    private const int LeastReceiveCount = 10;

    private readonly List<string> _problems = [];

    /// <exception cref="JobConfigurationException">Someone has to mend something; the message says what, and how.</exception>
    /// <exception cref="SqsException">SQS does not answer, or fails.</exception>
    public async ValueTask RunAsync(BrokerTopology topology, CancellationToken cancellationToken)
    {
        CheckNames(topology);
        if (mode == ProvisionMode.None)
        {
            return;
        }

        foreach (var queue in topology.Queues)
        {
            await ProvisionAsync(queue, cancellationToken).ConfigureAwait(false);
        }

        if (_problems.Count > 0)
        {
            throw new JobConfigurationException(
                $"SQS differs from the topology of namespace '{topology.Namespace}': {string.Join("; ", _problems)}. Start one host with Jobs:Provision = {nameof(ProvisionMode.CreateIfMissing)} to create what is missing, and mend what differs (aws sqs set-queue-attributes).");
        }
    }

    private async ValueTask ProvisionAsync(QueueTopology queue, CancellationToken cancellationToken)
    {
        var isFifo = names.IsFifo(queue.Name);
        if (isFifo)
        {
            // Without delays of its own it needs one from the start.
            await FindOrCreateAsync(queue.Name, names.Delay(queue.Name), QueueBlueprint.Delay, deadArn: null, cancellationToken).ConfigureAwait(false);
        }

        var dead = names.Dead(queue.Name);
        var deadUrl = await FindOrCreateAsync(queue.Name, dead, QueueBlueprint.Dead(isFifo), deadArn: null, cancellationToken).ConfigureAwait(false);
        var deadArn = deadUrl is null ? "" : (await AttributesAsync(dead, deadUrl, [SqsAttributeNames.QueueArn], cancellationToken).ConfigureAwait(false)).GetValueOrDefault(SqsAttributeNames.QueueArn, "");
        foreach (var priority in queue.Priorities)
        {
            await FindOrCreateAsync(
                queue.Name,
                names.Queue(queue.Name, SqsNames.LevelOf(priority)),
                QueueBlueprint.Queue(queue, deadArn, options.MaxReceiveCount, isFifo),
                deadArn.Length > 0 ? deadArn : null,
                cancellationToken).ConfigureAwait(false);
        }
    }

    // The URL, or null if it is missing and is to stay so.
    private async ValueTask<string?> FindOrCreateAsync(string queue, string name, IReadOnlyDictionary<string, string> wanted, string? deadArn, CancellationToken cancellationToken)
    {
        var url = await Explained(name, () => urls.FindAsync(name, cancellationToken)).ConfigureAwait(false);
        if (url is null && mode == ProvisionMode.Verify)
        {
            _problems.Add($"queue '{queue}' lacks the SQS queue '{name}'");
            return null;
        }

        url ??= await CreateAsync(name, wanted, cancellationToken).ConfigureAwait(false);
        if (url is not null)
        {
            var actual = await AttributesAsync(name, url, QueueDifferences.Asked, cancellationToken).ConfigureAwait(false);
            Report(name, QueueDifferences.Of(actual, deadArn, LeastReceiveCount).ToArray());
        }

        return url;
    }

    private async ValueTask<string?> CreateAsync(string name, IReadOnlyDictionary<string, string> wanted, CancellationToken cancellationToken)
    {
        try
        {
            var url = await Explained(name, () => client.CreateQueueAsync(name, wanted, tags: null, cancellationToken)).ConfigureAwait(false);
            urls.Learn(name, url);
            Log.Created(logger, name);
            return url;
        }
        catch (SqsException error) when (error.Kind == SqsErrorKind.QueueNameExists)
        {
            // Another process made it at this moment, with other settings.
            return await urls.GetAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask<IReadOnlyDictionary<string, string>> AttributesAsync(string name, string url, IReadOnlyList<string> asked, CancellationToken cancellationToken) =>
        Explained(name, () => client.GetQueueAttributesAsync(url, asked, cancellationToken));

    private void Report(string name, string[] differences)
    {
        if (differences.Length == 0)
        {
            return;
        }

        if (mode == ProvisionMode.Verify)
        {
            _problems.Add($"the SQS queue '{name}' {string.Join(", ", differences)}");
        }
        else
        {
            Log.Differs(logger, name, string.Join(", ", differences));
        }
    }

    // What a person has to mend ends the start, and says how.
    private async ValueTask<T> Explained<T>(string name, Func<ValueTask<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (SqsException error) when (error.Kind != SqsErrorKind.QueueDoesNotExist && Problems.Remedy(error, name) is { } remedy)
        {
            var instead = error.Kind == SqsErrorKind.AccessDenied && mode == ProvisionMode.CreateIfMissing
                ? $" Or set Jobs:Provision to {nameof(ProvisionMode.Verify)}, or to {nameof(ProvisionMode.None)}, and have the queues made by someone who may."
                : "";
            throw new JobConfigurationException($"{remedy}{instead} ({error.Message})", error);
        }
    }

    private void CheckNames(BrokerTopology topology)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var queue in topology.Queues)
        {
            if (queue.MaxLength is { } limit)
            {
                throw new JobConfigurationException(
                    $"Jobs:Queues:{queue.Name}:MaxLength is {limit}, but an SQS queue takes any number of messages and cannot refuse producers. Leave it out, or use another broker.");
            }

            if (names.IsFifo(queue.Name) && queue.Priorities.Any(static priority => priority != JobPriority.Normal))
            {
                throw new JobConfigurationException(
                    $"Queue '{queue.Name}' is one of {SqsBrokerOptions.SectionName}:{nameof(options.FifoQueues)}, which keep the order of their jobs, so it has no priorities. Leave Jobs:Queues:{queue.Name}:Priorities and the priorities of its jobs out, or take the queue from {nameof(options.FifoQueues)}.");
            }

            foreach (var name in names.All(queue.Name))
            {
                if (name.Length > SqsLimits.MaxQueueNameLength)
                {
                    throw new JobConfigurationException(
                        $"{SqsBrokerOptions.SectionName}:{nameof(options.QueuePrefix)} '{names.Prefix}' is too long for queue '{queue.Name}': an SQS queue would be called '{name}', and SQS takes {SqsLimits.MaxQueueNameLength} characters.");
                }

                if (!owners.TryAdd(name, queue.Name))
                {
                    throw new JobConfigurationException(
                        $"Queues '{owners[name]}' and '{queue.Name}' would share the SQS queue '{name}'. Rename one of them.");
                }
            }
        }
    }
}
