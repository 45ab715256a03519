using System.Collections.Concurrent;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Provisioning;
using Jobs.Brokers.Sqs.Queues;

namespace Jobs.Brokers.Sqs.Delaying;

/// <summary>The delay queues, which are made when something is to wait there for the first time. Safe for concurrent use.</summary>
internal sealed class DelayQueues(ISqsClient client, QueueUrls urls, SqsNames names)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>What may be done about one that is missing.</summary>
    public ProvisionMode Mode { get; set; }

    /// <summary>A queue may have delayed jobs.</summary>
    public void Learn(string queue) => _known[names.Delay(queue)] = true;

    public bool IsOne(string name) => _known.ContainsKey(name) || name.EndsWith("-delay", StringComparison.Ordinal);

    /// <summary>The URL of a delay queue.</summary>
    /// <exception cref="SqsException">It is missing and may not be made, or SQS refuses.</exception>
    public async ValueTask<string> GetOrCreateAsync(string name, CancellationToken cancellationToken)
    {
        if (Mode != ProvisionMode.CreateIfMissing)
        {
            return await urls.GetAsync(name, cancellationToken).ConfigureAwait(false);
        }

        if (await urls.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } url)
        {
            return url;
        }

        url = await client.CreateQueueAsync(name, QueueBlueprint.Delay, tags: null, cancellationToken).ConfigureAwait(false);
        urls.Learn(name, url);
        return url;
    }
}
