using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Keys;
using Jobs.Messages;
using Jobs.Status;

namespace Jobs.Enqueueing;

/// <summary>One bulk call: chunks of messages, several under way at once so that the connection is never idle between two answers.</summary>
internal sealed class BulkEnqueue(
    IJobSender sender,
    IJobBroker broker,
    Resender resender,
    JobIdGenerator ids,
    TimeProvider time,
    JobRegistration job,
    Func<JobId, JobHandle> handleOf,
    ClientRecords? records,
    CancellationToken cancellationToken)
{
    private const int LargestChunk = 1_000;
    private const int ChunksUnderWay = 4;

    private readonly Queue<Task<SendResult[]>> _underWay = new(ChunksUnderWay);
    private readonly List<JobHandle> _handles = [];
    private readonly List<SendResult> _results = [];
    private readonly ConcurrentQueue<(int Place, JobHandle Handle)> _found = new();
    private string _queue = "";

    /// <summary>How many messages make a chunk: what the broker takes in one round trip.</summary>
    public int ChunkSize { get; } = Math.Clamp(broker.Features.MaxSendBatch, 1, LargestChunk);

    /// <summary>How many jobs were sent; those held by a scope were not.</summary>
    public int Sent { get; private set; }

    /// <summary>Sends a chunk, or lets a scope hold it. Waits while enough chunks are under way.</summary>
    public async ValueTask AddAsync(JobMessage[] chunk, Envelope envelope, EnqueueScope? scope, DateTimeOffset now)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue = envelope.Queue;
        var send = 0;
        foreach (var rented in chunk)
        {
            var message = rented;
            envelope.ApplyTo(message);
            if (scope is null || !scope.TryHold(ref message, job.Definition))
            {
                message.Id = ids.Next(now);
                message.IgnoresLimit = EnqueueScope.Current is not null;
                chunk[send++] = message;
            }

            _handles.Add(handleOf(message.Id));
        }

        if (send > 0)
        {
            await StartAsync(() => SendAsync(chunk, send)).ConfigureAwait(false);
            Sent += send;
        }
    }

    /// <summary>Takes the keys of a chunk, and sends or holds those that nobody else has. Waits while enough chunks are under way.</summary>
    public async ValueTask AddKeyedAsync(
        JobMessage[] chunk, Envelope envelope, EnqueueScope? scope, DateTimeOffset now, KeyedSends keyed, OneStepSends? oneStep, string? key, KeyConflict policy)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue = envelope.Queue;
        foreach (var message in chunk)
        {
            envelope.ApplyTo(message);
            KeyedSends.Mark(message, key ?? message.MakeKey());
            message.Id = scope?.NextId() ?? ids.Next(now);
        }

        if (scope is null && oneStep?.Takes(policy) == true)
        {
            var first = _handles.Count;
            foreach (var message in chunk)
            {
                message.IgnoresLimit = EnqueueScope.Current is not null;
                _handles.Add(handleOf(message.Id));
            }

            await StartAsync(() => SendInOneStepAsync(chunk, first, oneStep, policy)).ConfigureAwait(false);
            Sent += chunk.Length;
            return;
        }

        var takes = await keyed.TakeManyAsync(chunk, policy, scope is not null, cancellationToken).ConfigureAwait(false);
        var results = new SendResult[chunk.Length];
        var send = new List<int>(chunk.Length);
        for (var i = 0; i < chunk.Length; i++)
        {
            var message = chunk[i];
            var handle = handleOf(message.Id);
            if (!takes[i].Claim.IsMine)
            {
                (results[i], handle) = Refuse(message, takes[i].Claim.Record.Id, policy);
            }
            else if (scope?.TryHold(ref message, job.Definition, takes[i], keyed) == true)
            {
                results[i] = SendResult.Accepted;
            }
            else
            {
                message.IgnoresLimit = EnqueueScope.Current is not null;
                send.Add(i);
            }

            _handles.Add(handle);
        }

        await StartAsync(() => SendKeyedAsync([.. send.ConvertAll(i => chunk[i])], [.. send.ConvertAll(i => takes[i])], send, results, keyed)).ConfigureAwait(false);
        Sent += send.Count;
    }

    /// <summary>Waits for all answers.</summary>
    /// <exception cref="JobBulkEnqueueException">Some jobs were not accepted.</exception>
    public async ValueTask<IReadOnlyList<JobHandle>> CompleteAsync()
    {
        while (_underWay.TryDequeue(out var sending))
        {
            _results.AddRange(await sending.ConfigureAwait(false));
        }

        var refused = _results.FindIndex(result => !result.IsStored);
        foreach (var (place, handle) in _found)
        {
            _handles[place] = handle;
        }

        Sent -= _found.Count;
        if (refused < 0)
        {
            return _handles;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var first = EnqueueErrors.Of(_results[refused], _handles[refused].Id, job.Definition.Name, _queue, broker);
        throw new JobBulkEnqueueException(
            $"{_results.Count(result => !result.IsStored)} of {_results.Count} jobs '{job.Definition.Name}' were not accepted. The first: {first.Message}",
            _handles,
            _results);
    }

    private async ValueTask StartAsync(Func<Task<SendResult[]>> send)
    {
        if (_underWay.Count == ChunksUnderWay)
        {
            _results.AddRange(await _underWay.Dequeue().ConfigureAwait(false));
        }

        _underWay.Enqueue(send());
    }

    // What becomes of a message whose key another job has.
    private (SendResult Result, JobHandle Handle) Refuse(JobMessage message, JobId other, KeyConflict policy)
    {
        var refused = policy == KeyConflict.ReturnExisting
            ? (new SendResult(SendStatus.Duplicate), handleOf(other) with { IsExisting = true })
            : (new SendResult(SendStatus.Failed, new JobKeyConflictException(message.Id, job.Definition.Name, message.Attributes.Key!, other)), handleOf(message.Id));
        message.Release();
        return refused;
    }

    private async Task<SendResult[]> SendInOneStepAsync(JobMessage[] messages, int first, OneStepSends oneStep, KeyConflict policy)
    {
        var sends = await oneStep.SendAsync(messages, policy, cancellationToken).ConfigureAwait(false);
        var results = Array.ConvertAll(sends, static send => send.Result);
        for (var i = 0; i < sends.Length; i++)
        {
            if (sends[i].Existing is { } other)
            {
                (results[i], var handle) = Refuse(messages[i], other.Id, policy);
                _found.Enqueue((first + i, handle));
            }
        }

        return results;
    }

    private async Task<SendResult[]> SendKeyedAsync(JobMessage[] messages, KeyTake[] takes, List<int> places, SendResult[] results, KeyedSends keyed)
    {
        var sent = messages.Length == 0 ? [] : await keyed.SendAsync(messages, takes, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < sent.Length; i++)
        {
            results[places[i]] = sent[i];
        }

        return results;
    }

    private async Task<SendResult[]> SendAsync(JobMessage[] messages, int count)
    {
        var started = time.GetTimestamp();
        var results = new SendResult[count];
        var ids = records is null ? null : Array.ConvertAll(messages[..count], static message => message.Id);
        if (records is not null)
        {
            await records.PendingAsync(messages.AsSpan(0, count)).ConfigureAwait(false);
        }

        try
        {
            await sender.SendAsync(messages.AsMemory(0, count), results, cancellationToken).ConfigureAwait(false);
            await resender.ResendAsync(messages, results, count, started, cancellationToken).ConfigureAwait(false);
        }
        catch (JobPayloadException) when (ids is not null)
        {
            await records!.RefusedAsync(ids).ConfigureAwait(false);
            throw;
        }

        if (ids is not null)
        {
            await records!.RefusedAsync(ids, results).ConfigureAwait(false);
        }

        return results;
    }
}
