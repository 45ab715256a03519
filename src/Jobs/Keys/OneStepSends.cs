using Jobs.Brokers;
using Jobs.Enqueueing;
using Jobs.Messages;
using Jobs.Status;
using Jobs.Stores;

namespace Jobs.Keys;

/// <summary>Sends jobs that have a key together with the key's record, where the broker does both in one step. Safe for concurrent use.</summary>
/// <remarks>
/// <para>There is no reservation: whoever dies, or never hears the answer, leaves the job and its record, or neither. A record of the same job says
/// that the job exists, whether or not the broker still knows its id.</para>
/// <para>Only the plain case is here. Who finds the key taken goes on with <see cref="KeyedSends"/>, beginning with a look: another job has it,
/// or is about to be sent in steps, or it is free by now.</para>
/// <para>Where status is kept, taken keys are looked for before the records of status are written: conflicts would write those of jobs that never were.</para>
/// </remarks>
internal sealed class OneStepSends(KeyedSends steps, JobKeys keys, IJobStore store, IConditionalSender sender, Resender resender, ClientRecords? records, TimeProvider time)
{
    /// <summary>Whether jobs may be sent in one step now.</summary>
    public bool Takes(KeyConflict policy) => policy != KeyConflict.Replace && sender.CanWriteTo(store);

    /// <summary>Sends messages that are marked with their keys.</summary>
    /// <returns>What became of each.</returns>
    public async Task<KeyedSend[]> SendAsync(JobMessage[] messages, KeyConflict policy, CancellationToken cancellationToken)
    {
        // The broker owns a message once it has accepted it.
        var ids = Array.ConvertAll(messages, static message => message.Id);
        var dues = Array.ConvertAll(messages, static message => message.Due);
        var (sends, tried) = records is null
            ? (Array.ConvertAll(await TrySendAsync(messages, cancellationToken).ConfigureAwait(false), static result => new KeyedSend(result)), [])
            : await TrySendFreeAsync(messages, cancellationToken).ConfigureAwait(false);
        HashSet<JobId>? siblings = null;
        List<Task>? others = null;
        for (var i = 0; i < sends.Length; i++)
        {
            if (sends[i].Result.Status == SendStatus.Conflict)
            {
                (others ??= []).Add(GoOnAsync(i, siblings ??= [.. ids]));
            }
            else if (sends[i].Result.Status == SendStatus.Duplicate && dues[i] > time.GetUtcNow())
            {
                (others ??= []).Add(steps.KeepAsync(messages[i]));
            }
        }

        if (others is not null)
        {
            await Task.WhenAll(others).ConfigureAwait(false);
        }

        if (records is not null)
        {
            await records.RefusedAsync(tried.ConvertAll(i => ids[i]).ToArray(), tried.ConvertAll(i => sends[i].Result).ToArray()).ConfigureAwait(false);
        }

        return sends;

        async Task GoOnAsync(int i, HashSet<JobId> siblings) =>
            sends[i] = await steps.GoOnAsync(messages[i], policy, siblings, cancellationToken).ConfigureAwait(false);
    }

    // Those whose keys are free: of the others a record of status must not be written.
    private async ValueTask<(KeyedSend[] Sends, List<int> Tried)> TrySendFreeAsync(JobMessage[] messages, CancellationToken cancellationToken)
    {
        var taken = await keys.FindTakenAsync(Array.ConvertAll(messages, KeyedSends.StoreKeyOf), cancellationToken).ConfigureAwait(false);
        var tried = new List<int>(messages.Length);
        for (var i = 0; i < taken.Length; i++)
        {
            if (!taken[i])
            {
                tried.Add(i);
            }
        }

        var sends = new KeyedSend[messages.Length];
        sends.AsSpan().Fill(new KeyedSend(new SendResult(SendStatus.Conflict)));
        if (tried.Count == 0)
        {
            return (sends, tried);
        }

        var free = tried.ConvertAll(i => messages[i]).ToArray();
        await records!.PendingAsync(free).ConfigureAwait(false);
        var ids = Array.ConvertAll(free, static message => message.Id);
        try
        {
            var results = await TrySendAsync(free, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < results.Length; i++)
            {
                sends[tried[i]] = new KeyedSend(results[i]);
            }
        }
        catch (JobPayloadException)
        {
            await records.RefusedAsync(ids).ConfigureAwait(false);
            throw;
        }

        return (sends, tried);
    }

    private async ValueTask<SendResult[]> TrySendAsync(JobMessage[] messages, CancellationToken cancellationToken)
    {
        var results = new SendResult[messages.Length];
        var writes = Array.ConvertAll(messages, message => keys.TakeWith(KeyedSends.StoreKeyOf(message), message.Id, message.Due));
        var started = time.GetTimestamp();
        await sender.SendAsync(messages, writes, results, new StoreWriteResult[messages.Length], cancellationToken).ConfigureAwait(false);
        await resender.ResendAsync(messages, results, results.Length, started, cancellationToken, SendAgainAsync).ConfigureAwait(false);
        return results;

        ValueTask SendAgainAsync(int[] places, SendResult[] again) =>
            sender.SendAsync(Array.ConvertAll(places, i => messages[i]), Array.ConvertAll(places, i => writes[i]), again, new StoreWriteResult[places.Length], cancellationToken);
    }
}
