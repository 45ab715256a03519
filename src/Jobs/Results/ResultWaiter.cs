using System.Text.Json;
using Jobs.Definitions;
using Jobs.Stores;

namespace Jobs.Results;

/// <summary>Waits for the record that a worker stores when a job has ended.</summary>
internal static class ResultWaiter
{
    /// <summary>Waits for the end of a job. A record that has expired is never seen: the wait then lasts until it is cancelled.</summary>
    /// <exception cref="JobFailedException">The job was dead-lettered or cancelled.</exception>
    /// <exception cref="JobPayloadException">What is stored is not the job's result.</exception>
    public static async ValueTask<TResult> WaitAsync<TResult>(IJobStore store, JobId id, IJobResultReader<TResult> reader, CancellationToken cancellationToken)
    {
        var key = ResultRecord.KeyOf(id);
        await foreach (var entry in store.WatchAsync(key, cancellationToken).ConfigureAwait(false))
        {
            if (entry is not null)
            {
                return Read(entry, id, reader);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new ObjectDisposedException(store.Name, $"The store was closed while the result of job {id} was waited for.");
    }

    private static TResult Read<TResult>(StoreEntry entry, JobId id, IJobResultReader<TResult> reader)
    {
        if (!ResultRecord.TryDecode(entry.Value, out var record))
        {
            throw new JobPayloadException($"The store's entry '{entry.Key}' is not the outcome of a job.");
        }

        if (record.Value.State != ResultRecord.Succeeded)
        {
            throw new JobFailedException(id, record.Value.Reason ?? record.Value.State, record.Value.Error);
        }

        var json = new Utf8JsonReader(record.Value.Result.Span);
        try
        {
            json.Read();
            return reader.ReadResult(ref json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new JobPayloadException($"The result of job {id} is not what its reader expects: {error.Message}", innerException: error);
        }
    }
}
