using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Queues;

/// <summary>Knows the URLs of queues by their names; each is asked for once. Safe for concurrent use.</summary>
internal sealed class QueueUrls(ISqsClient client)
{
    private readonly ConcurrentDictionary<string, string> _urls = new(StringComparer.Ordinal);

    /// <summary>The URL of a queue.</summary>
    /// <exception cref="SqsException">There is none, or it cannot be asked for.</exception>
    public ValueTask<string> GetAsync(string name, CancellationToken cancellationToken) =>
        _urls.TryGetValue(name, out var url) ? new(url) : AskAsync(name, cancellationToken);

    /// <summary>The URL of a queue, if it is known already.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? url) => _urls.TryGetValue(name, out url);

    /// <summary>The URL of a queue, or null if there is no such queue.</summary>
    public async ValueTask<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (SqsException error) when (error.Kind == SqsErrorKind.QueueDoesNotExist)
        {
            return null;
        }
    }

    /// <summary>A queue has been found, or made.</summary>
    public void Learn(string name, string url) => _urls[name] = url;

    /// <summary>The queue was gone.</summary>
    public void Forget(string name) => _urls.TryRemove(name, out _);

    private async ValueTask<string> AskAsync(string name, CancellationToken cancellationToken)
    {
        var url = await client.GetQueueUrlAsync(name, cancellationToken).ConfigureAwait(false);
        Learn(name, url);
        return url;
    }
}
