using System.Collections.Concurrent;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Sqs;

/// <summary>A client that counts what it is asked, and fails as it is told.</summary>
internal sealed class WatchedClient(ISqsClient inner) : ISqsClient
{
    private readonly ConcurrentQueue<(string Action, string Queue, int Entries)> _calls = new();

    public IReadOnlyCollection<(string Action, string Queue, int Entries)> Calls => _calls;

    /// <summary>What a request fails with as a whole; null for not at all. Told its action and the end of its queue's URL.</summary>
    public Func<string, string, SqsException?> Refuse { get; set; } = static (_, _) => null;

    /// <summary>What an entry of a batch fails with; null for not at all. Told its action and place.</summary>
    public Func<string, int, SqsEntryResult?> RefuseEntry { get; set; } = static (_, _) => null;

    /// <summary>True says that messages are deleted, and deletes none.</summary>
    public bool DeletesNothing { get; set; }

    public List<int> Visibilities { get; } = [];

    /// <summary>The groups of what was sent.</summary>
    public List<string?> Groups { get; } = [];

    public BrokerHealth Health => inner.Health;

    public string Region => inner.Region;

    public int CountOf(string action) => _calls.Count(call => call.Action == action);

    public static SqsException Denied(string action) => new(SqsErrorKind.AccessDenied, $"User: someone is not authorized to perform: sqs:{action}") { Action = action };

    public static SqsException Away() => new(SqsErrorKind.ServiceFailed, "SQS has failed.") { IsRetryable = true };

    public ValueTask<string> GetQueueUrlAsync(string queueName, CancellationToken cancellationToken)
    {
        Note("GetQueueUrl", queueName, 0);
        return inner.GetQueueUrlAsync(queueName, cancellationToken);
    }

    public ValueTask<string> CreateQueueAsync(string queueName, IReadOnlyDictionary<string, string> attributes, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        Note("CreateQueue", queueName, 0);
        return inner.CreateQueueAsync(queueName, attributes, tags, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<string, string>> GetQueueAttributesAsync(string queueUrl, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        Note("GetQueueAttributes", queueUrl, 0);
        return inner.GetQueueAttributesAsync(queueUrl, names, cancellationToken);
    }

    public ValueTask SetQueueAttributesAsync(string queueUrl, IReadOnlyDictionary<string, string> attributes, CancellationToken cancellationToken) =>
        inner.SetQueueAttributesAsync(queueUrl, attributes, cancellationToken);

    public ValueTask PurgeQueueAsync(string queueUrl, CancellationToken cancellationToken)
    {
        Note("PurgeQueue", queueUrl, 0);
        return inner.PurgeQueueAsync(queueUrl, cancellationToken);
    }

    public ValueTask DeleteQueueAsync(string queueUrl, CancellationToken cancellationToken) => inner.DeleteQueueAsync(queueUrl, cancellationToken);

    public ValueTask TagQueueAsync(string queueUrl, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) => inner.TagQueueAsync(queueUrl, tags, cancellationToken);

    public ValueTask UntagQueueAsync(string queueUrl, IReadOnlyList<string> keys, CancellationToken cancellationToken) => inner.UntagQueueAsync(queueUrl, keys, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, string>> ListQueueTagsAsync(string queueUrl, CancellationToken cancellationToken)
    {
        Note("ListQueueTags", queueUrl, 0);
        return inner.ListQueueTagsAsync(queueUrl, cancellationToken);
    }

    public async ValueTask SendMessageBatchAsync(string queueUrl, ReadOnlyMemory<SqsSendEntry> entries, Memory<SqsEntryResult> results, bool isRepeatable, CancellationToken cancellationToken)
    {
        Note("SendMessageBatch", queueUrl, entries.Length);
        Groups.AddRange(entries.ToArray().Select(static entry => entry.GroupId));
        var left = Enumerable.Range(0, entries.Length).Where(i => !IsRefused("SendMessageBatch", i, results)).ToArray();
        if (left.Length > 0)
        {
            var part = new SqsEntryResult[left.Length];
            await inner.SendMessageBatchAsync(queueUrl, Array.ConvertAll(left, i => entries.Span[i]), part, isRepeatable, cancellationToken);
            for (var i = 0; i < left.Length; i++)
            {
                results.Span[left[i]] = part[i];
            }
        }
    }

    public ValueTask<SqsMessages> ReceiveMessageAsync(string queueUrl, SqsReceiveOptions options, CancellationToken cancellationToken)
    {
        Note("ReceiveMessage", queueUrl, options.MaxMessages);
        return inner.ReceiveMessageAsync(queueUrl, options, cancellationToken);
    }

    public async ValueTask DeleteMessageBatchAsync(string queueUrl, ReadOnlyMemory<ReadOnlyMemory<byte>> receiptHandles, Memory<SqsEntryResult> results, CancellationToken cancellationToken)
    {
        Note("DeleteMessageBatch", queueUrl, receiptHandles.Length);
        if (DeletesNothing)
        {
            return;
        }

        var left = Enumerable.Range(0, receiptHandles.Length).Where(i => !IsRefused("DeleteMessageBatch", i, results)).ToArray();
        if (left.Length > 0)
        {
            await inner.DeleteMessageBatchAsync(queueUrl, Array.ConvertAll(left, i => receiptHandles.Span[i]), new SqsEntryResult[left.Length], cancellationToken);
        }
    }

    public ValueTask ChangeMessageVisibilityBatchAsync(string queueUrl, ReadOnlyMemory<SqsVisibilityEntry> entries, Memory<SqsEntryResult> results, CancellationToken cancellationToken)
    {
        Note("ChangeMessageVisibilityBatch", queueUrl, entries.Length);
        Visibilities.AddRange(entries.ToArray().Select(static entry => entry.VisibilitySeconds));
        return inner.ChangeMessageVisibilityBatchAsync(queueUrl, entries, results, cancellationToken);
    }

    public void ChangeMessageVisibilityBatch(string queueUrl, ReadOnlySpan<SqsVisibilityEntry> entries, Span<SqsEntryResult> results, TimeSpan timeout)
    {
        Note("Renew", queueUrl, entries.Length);
        foreach (var entry in entries)
        {
            Visibilities.Add(entry.VisibilitySeconds);
        }

        inner.ChangeMessageVisibilityBatch(queueUrl, entries, results, timeout);
    }

    public ValueTask<string> StartMessageMoveTaskAsync(string sourceArn, string? destinationArn, int? maxPerSecond, CancellationToken cancellationToken) =>
        inner.StartMessageMoveTaskAsync(sourceArn, destinationArn, maxPerSecond, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Note(string action, string queue, int entries)
    {
        var name = queue[(queue.LastIndexOf('/') + 1)..];
        _calls.Enqueue((action, name, entries));
        if (Refuse(action, name) is { } error)
        {
            throw error;
        }
    }

    private bool IsRefused(string action, int index, Memory<SqsEntryResult> results)
    {
        if (RefuseEntry(action, index) is not { } refusal)
        {
            return false;
        }

        results.Span[index] = refusal;
        return true;
    }
}
