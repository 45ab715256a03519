using Jobs.Brokers.Sqs.Protocol;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.DeadLetters;

/// <summary>One look at the dead letters of a queue. SQS can only hand them out, so whatever was seen is hidden from others until the look ends.</summary>
/// <remarks>Not for concurrent use. Disposing shows again what was neither removed nor replayed.</remarks>
internal sealed class DeadLetterLook(ISqsClient client, string queue, string url, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int HiddenSeconds = 60;
    private const int MostRequests = 8;

    private static readonly string[] AttributeNames = [DeathNote.Attribute, Bodies.EncodingAttribute];
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(HiddenSeconds / 2);

    private readonly Dictionary<string, HeldDeadLetter> _held = new(StringComparer.Ordinal);
    private long _keptAt = time.GetTimestamp();

    /// <summary>What is hidden by this look.</summary>
    public IReadOnlyCollection<HeldDeadLetter> Held => _held.Values;

    /// <summary>How many messages are hidden by this look.</summary>
    public int Hidden => _held.Values.Sum(static held => held.Handles.Count);

    /// <summary>Looks at some more.</summary>
    /// <returns>What was not seen before; null if there is no more.</returns>
    public async ValueTask<IReadOnlyList<HeldDeadLetter>?> NextAsync(int requests, CancellationToken cancellationToken)
    {
        await KeepAsync(cancellationToken).ConfigureAwait(false);
        var found = await ReceiveAsync(Math.Min(requests, MostRequests), waitSeconds: 0, cancellationToken).ConfigureAwait(false);
        if (found.Count > 0)
        {
            return found;
        }

        // SQS asks only some of its servers unless it is to wait; what it counts tells whether that is worth it.
        var counts = await client.GetQueueAttributesAsync(url, [SqsAttributeNames.ApproximateNumberOfMessages], cancellationToken).ConfigureAwait(false);
        found = counts.GetValueOrDefault(SqsAttributeNames.ApproximateNumberOfMessages) is "0"
            ? found
            : await ReceiveAsync(requests: 1, waitSeconds: 1, cancellationToken).ConfigureAwait(false);
        return found.Count > 0 ? found : null;
    }

    /// <summary>Removes entries for good.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<int> DeleteAsync(IReadOnlyCollection<HeldDeadLetter> entries, CancellationToken cancellationToken)
    {
        foreach (var part in HandlesOf(entries).Chunk(SqsLimits.MaxBatch))
        {
            var results = new SqsEntryResult[part.Length];
            await client.DeleteMessageBatchAsync(url, part, results, cancellationToken).ConfigureAwait(false);
            var failed = Array.FindIndex(results, static result => !result.IsOk);
            if (failed >= 0)
            {
                throw new SqsException(results[failed].Error, $"SQS did not delete a dead letter: {results[failed].Message} ({results[failed].Code})") { Action = "DeleteMessageBatch" };
            }
        }

        foreach (var entry in entries)
        {
            _held.Remove(entry.Place.Key);
        }

        return entries.Count;
    }

    /// <summary>Shows again what is held. Does not throw.</summary>
    public async ValueTask ReleaseAsync()
    {
        try
        {
            await ChangeVisibilityAsync(0, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SqsException or ObjectDisposedException)
        {
            Log.PutBackFailed(logger, queue, error.Message, TimeSpan.FromSeconds(HiddenSeconds));
        }

        _held.Clear();
    }

    public ValueTask DisposeAsync() => ReleaseAsync();

    /// <summary>Keeps hidden what would soon be seen, and handed out, again.</summary>
    public async ValueTask KeepAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_keptAt) >= KeepEvery)
        {
            _keptAt = time.GetTimestamp();
            await ChangeVisibilityAsync(HiddenSeconds, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<List<HeldDeadLetter>> ReceiveAsync(int requests, int waitSeconds, CancellationToken cancellationToken)
    {
        var options = new SqsReceiveOptions(SqsLimits.MaxBatch, waitSeconds, HiddenSeconds) { AttributeNames = AttributeNames };
        // Not cancelled: what an aborted receive was given is hidden, and nobody would show it again.
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => client.ReceiveMessageAsync(url, options, CancellationToken.None).AsTask())).ConfigureAwait(false);
        var found = new List<HeldDeadLetter>();
        foreach (var answer in answers)
        {
            using (answer)
            {
                foreach (ref readonly var message in answer)
                {
                    Add(HeldDeadLetter.Of(queue, message), found);
                }
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return found;
    }

    private void Add(HeldDeadLetter entry, List<HeldDeadLetter> found)
    {
        if (_held.TryGetValue(entry.Place.Key, out var known))
        {
            known.Merge(entry);
            found.Add(known);
            return;
        }

        _held[entry.Place.Key] = entry;
        found.Add(entry);
    }

    private static List<ReadOnlyMemory<byte>> HandlesOf(IEnumerable<HeldDeadLetter> entries)
    {
        var handles = new List<ReadOnlyMemory<byte>>();
        foreach (var entry in entries)
        {
            handles.AddRange(entry.Handles);
        }

        return handles;
    }

    private async ValueTask ChangeVisibilityAsync(int seconds, CancellationToken cancellationToken)
    {
        foreach (var some in HandlesOf(Held).Chunk(SqsLimits.MaxBatch).Chunk(MostRequests))
        {
            await Task.WhenAll(some.Select(part => client.ChangeMessageVisibilityBatchAsync(
                url,
                Array.ConvertAll(part, handle => new SqsVisibilityEntry(handle, seconds)),
                new SqsEntryResult[part.Length],
                cancellationToken).AsTask())).ConfigureAwait(false);
        }
    }
}
