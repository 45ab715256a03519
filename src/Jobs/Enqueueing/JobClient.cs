using System.Runtime.CompilerServices;
using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Keys;
using Jobs.Messages;
using Jobs.Results;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Enqueueing;

/// <summary>Enqueues jobs. The generic methods only make the message: they are compiled once per job.</summary>
/// <remarks>A call without options, listener and scope, whose broker answers at once, allocates nothing.</remarks>
internal sealed class JobClient : IJobClient, IJobResultSource
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly JobCatalog _jobs;
    private readonly QueueCatalog _queues;
    private readonly IJobBroker _broker;
    private readonly IJobSender _sender;
    private readonly IInlineSender? _inlineSender;
    private readonly IJobStore? _store;
    private readonly ClientRecords? _records;
    private readonly JobCanceller _canceller;
    private readonly KeyedSends? _keyed;
    private readonly OneStepSends? _oneStep;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly Resender _resender;
    private readonly JobIdGenerator _ids;
    private readonly string _source;

    // An outbox, if there is one, takes the messages instead of the broker; the last registered counts.
    public JobClient(
        JobCatalog jobs,
        QueueCatalog queues,
        IJobBroker broker,
        IEnumerable<IJobSender> senders,
        OptionalStore store,
        StatusSource status,
        OptionalKeys keys,
        IOptions<JobsOptions> options,
        TimeProvider time,
        JobsTelemetry telemetry,
        ILogger<JobClient> logger)
    {
        _jobs = jobs;
        _queues = queues;
        _broker = broker;
        _sender = senders.LastOrDefault() ?? broker;
        _inlineSender = _sender as IInlineSender;
        _store = store.Store;
        _time = time;
        _telemetry = telemetry;
        _resender = new Resender(_sender, broker, time, logger);
        _ids = new JobIdGenerator(time);
        _source = $"/{options.Value.Namespace}";
        _records = status.Recorder is { } recorder ? new ClientRecords(recorder, store.Store!, telemetry, time, logger) : null;
        _canceller = new JobCanceller(store.Store, status.Recorder, keys.Keys, time);
        _keyed = keys.Keys is null ? null : new KeyedSends(keys.Keys, store.Store!, _sender, _resender, _records, _canceller, telemetry, time, logger);
        _oneStep = _keyed is not null && _sender is IConditionalSender conditional
            ? new OneStepSends(_keyed, keys.Keys!, store.Store!, conditional, _resender, _records, time)
            : null;
    }

    public ValueTask<JobHandle> EnqueueAsync<TArgs>(TArgs args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs> =>
        EnqueueAsync(JobMessage<TArgs>.Rent(TArgs.Definition, in args), TArgs.Definition, options, cancellationToken);

    public ValueTask<JobHandle<TResult>> EnqueueAsync<TArgs, TResult>(TArgs args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs, TResult> =>
        WithResultAsync(EnqueueAsync(args, options, cancellationToken), (IJobResultReader<TResult>)TArgs.Definition);

    public ValueTask<IReadOnlyList<JobHandle>> EnqueueManyAsync<TArgs>(IEnumerable<TArgs> args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs>
    {
        ArgumentNullException.ThrowIfNull(args);
        return EnqueueManyAsync(MakeMessages(args), TArgs.Definition, options, cancellationToken);
    }

    public JobHandle GetHandle(JobId id) => HandleOf(id);

    public JobHandle<TResult> GetHandle<TArgs, TResult>(JobId id)
        where TArgs : IJobArgs<TArgs, TResult> => new(id, this, (IJobResultReader<TResult>)TArgs.Definition);

    public ValueTask<TResult> WaitAsync<TResult>(JobId id, IJobResultReader<TResult> reader, CancellationToken cancellationToken) =>
        _store is null
            ? throw new JobStoreMissingException($"The result of job {id}")
            : ResultWaiter.WaitAsync(_store, id, reader, cancellationToken);

    public async ValueTask<TResult> WaitAsync<TResult>(JobId id, IJobResultReader<TResult> reader, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        // "Never" is often written as the longest duration there is, for which there are no timers.
        using var patience = new CancellationTokenSource(timeout < LongestWait ? timeout : Timeout.InfiniteTimeSpan, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await WaitAsync(id, reader, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new JobResultTimeoutException(id, timeout);
        }
    }

    public ValueTask<JobCancelStatus> CancelAsync(JobId id, CancellationToken cancellationToken = default) => _canceller.CancelAsync(id, cancellationToken);

    private JobHandle HandleOf(JobId id) => new(id) { Source = this };

    private static IEnumerable<JobMessage> MakeMessages<TArgs>(IEnumerable<TArgs> args)
        where TArgs : IJobArgs<TArgs>
    {
        foreach (var item in args)
        {
            yield return JobMessage<TArgs>.Rent(TArgs.Definition, in item);
        }
    }

    private ValueTask<JobHandle<TResult>> WithResultAsync<TResult>(ValueTask<JobHandle> enqueueing, IJobResultReader<TResult> reader)
    {
        return enqueueing.IsCompletedSuccessfully ? new(Typed(enqueueing.Result)) : Await();

        async ValueTask<JobHandle<TResult>> Await() => Typed(await enqueueing.ConfigureAwait(false));

        JobHandle<TResult> Typed(JobHandle handle) => new(handle.Id, this, reader) { IsExisting = handle.IsExisting };
    }

    /// <summary>Enqueues a job whose args came as JSON.</summary>
    /// <exception cref="JobPayloadException">The args are not what the job takes.</exception>
    internal ValueTask<JobHandle> EnqueueAsync(JobRegistration job, ReadOnlySpan<byte> args, EnqueueOptions? options, CancellationToken cancellationToken) =>
        EnqueueAsync(job.Definition.Create(args), job.Definition, options, cancellationToken);

    /// <summary>Enqueues a message that holds its args, and nothing else yet.</summary>
    internal ValueTask<JobHandle> EnqueueAsync(JobMessage message, JobDefinition definition, EnqueueOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = _jobs.Get(definition);
        return JobsTelemetry.Activities.HasListeners()
            ? EnqueueInSpanAsync(message, job, options, cancellationToken)
            : SendAsync(message, job, options, cancellationToken);
    }

    // Async, so that the span does not stay the caller's current one while the broker answers.
    private async ValueTask<JobHandle> EnqueueInSpanAsync(JobMessage message, JobRegistration job, EnqueueOptions? options, CancellationToken cancellationToken)
    {
        using var span = JobSpans.StartEnqueue(job.Definition.Name, options?.Queue ?? job.Queue, _broker.Name);
        try
        {
            var handle = await SendAsync(message, job, options, cancellationToken).ConfigureAwait(false);
            span?.SetTag(Tags.MessageId, handle.Id.ToString());
            return handle;
        }
        catch (Exception error) when (span is not null)
        {
            JobSpans.Fail(span, error);
            throw;
        }
    }

    private ValueTask<JobHandle> SendAsync(JobMessage message, JobRegistration job, EnqueueOptions? options, CancellationToken cancellationToken)
    {
        if (job.Definition.KeyTemplate is not null || options?.Key is not null)
        {
            return SendKeyedAsync(message, job, options, cancellationToken);
        }

        var now = _time.GetUtcNow();
        var scope = EnqueueScope.Current;
        new Envelope(job, _queues, options, scope, _source, now).ApplyTo(message);
        if (options?.Id is { } chosen)
        {
            message.Id = chosen;
            message.MayRepeat = true;
        }

        if (scope is not null && options is not { SendImmediately: true } && scope.TryHold(ref message, job.Definition))
        {
            return new(HandleOf(message.Id));
        }

        message.IgnoresLimit = scope is not null;
        if (message.Id.IsEmpty)
        {
            message.Id = _ids.Next(now);
        }

        return _records is null ? SendAsync(message, job, cancellationToken) : SendRecordedAsync(message, job, cancellationToken);
    }

    private async ValueTask<JobHandle> SendKeyedAsync(JobMessage message, JobRegistration job, EnqueueOptions? options, CancellationToken cancellationToken)
    {
        var (name, now, scope) = (job.Definition.Name, _time.GetUtcNow(), EnqueueScope.Current);
        var keyed = KeyedOf(job);
        new Envelope(job, _queues, options, scope, _source, now).ApplyTo(message);
        KeyedSends.Mark(message, options?.Key ?? message.MakeKey());
        var holder = options is { SendImmediately: true } ? null : scope;
        message.Id = options?.Id ?? holder?.NextId() ?? _ids.Next(now);
        message.MayRepeat = options?.Id is not null;
        var (id, queue, key) = (message.Id, message.Queue, message.Attributes.Key!);
        var policy = PolicyOf(job, options);
        KeyedSend send;
        if (holder is null && _oneStep?.Takes(policy) == true)
        {
            message.IgnoresLimit = scope is not null;
            send = (await _oneStep.SendAsync([message], policy, cancellationToken).ConfigureAwait(false))[0];
        }
        else
        {
            var take = await keyed.TakeAsync(message, policy, holder is not null, cancellationToken).ConfigureAwait(false);
            if (!take.Claim.IsMine)
            {
                send = new KeyedSend(new SendResult(SendStatus.Conflict), take.Claim.Record);
            }
            else if (holder?.TryHold(ref message, job.Definition, take, keyed) == true)
            {
                return HandleOf(id);
            }
            else
            {
                message.IgnoresLimit = scope is not null;
                send = new KeyedSend((await keyed.SendAsync([message], [take], cancellationToken).ConfigureAwait(false))[0]);
            }
        }

        if (send.Existing is { } existing)
        {
            message.Release();
            return policy == KeyConflict.ReturnExisting
                ? HandleOf(existing.Id) with { IsExisting = true }
                : throw new JobKeyConflictException(id, name, key, existing.Id);
        }

        if (!send.Result.IsStored)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw EnqueueErrors.Of(send.Result, id, name, queue, _broker, key);
        }

        _telemetry.Enqueued(name, queue);
        return HandleOf(id);
    }

    private KeyedSends KeyedOf(JobRegistration job) => _keyed ?? throw new JobStoreMissingException($"The unique key of job '{job.Definition.Name}'");

    private static KeyConflict PolicyOf(JobRegistration job, EnqueueOptions? options) => options?.OnConflict ?? job.Definition.Policy.OnConflict ?? KeyConflict.Reject;

    private async ValueTask<JobHandle> SendRecordedAsync(JobMessage message, JobRegistration job, CancellationToken cancellationToken)
    {
        var id = message.Id;
        await _records!.PendingAsync([message]).ConfigureAwait(false);
        try
        {
            return await SendAsync(message, job, cancellationToken).ConfigureAwait(false);
        }
        catch (JobException error) when (error is JobPayloadException or (JobEnqueueException and not JobEnqueueUnknownException))
        {
            await _records.RefusedAsync([id]).ConfigureAwait(false);
            throw;
        }
    }

    private ValueTask<JobHandle> SendAsync(JobMessage message, JobRegistration job, CancellationToken cancellationToken)
    {
        // The broker owns the message once it accepted it, so what is needed afterwards is read before.
        var (id, queue) = (message.Id, message.Queue);
        if (!cancellationToken.IsCancellationRequested && _inlineSender?.TrySend(message) == true)
        {
            _telemetry.Enqueued(job.Definition.Name, queue);
            return new(HandleOf(id));
        }

        var slot = SendSlot.Rent();
        slot.Messages[0] = message;
        var sending = _sender.SendAsync(slot.Messages, slot.Results, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending, slot, id, job.Definition.Name, queue, cancellationToken);
        }

        sending.GetAwaiter().GetResult();
        if (!slot.Results[0].IsStored)
        {
            return FinishAsync(default, slot, id, job.Definition.Name, queue, cancellationToken);
        }

        slot.Return();
        _telemetry.Enqueued(job.Definition.Name, queue);
        return new(HandleOf(id));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<JobHandle> FinishAsync(ValueTask sending, SendSlot slot, JobId id, string job, string queue, CancellationToken cancellationToken)
    {
        // A moment late, which only makes the last resend a moment later than it could be: the window is minutes.
        var started = _time.GetTimestamp();
        await sending.ConfigureAwait(false);
        if (slot.Results[0].Status == SendStatus.Unknown)
        {
            await _resender.ResendAsync(slot.Messages, slot.Results, 1, started, cancellationToken).ConfigureAwait(false);
        }

        var result = slot.Results[0];
        slot.Return();
        if (!result.IsStored)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw EnqueueErrors.Of(result, id, job, queue, _broker);
        }

        _telemetry.Enqueued(job, queue);
        return HandleOf(id);
    }

    private async ValueTask<IReadOnlyList<JobHandle>> EnqueueManyAsync(IEnumerable<JobMessage> messages, JobDefinition definition, EnqueueOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options?.Id is not null)
        {
            throw new ArgumentException("Id cannot be set for many jobs at once: each has its own.", nameof(options));
        }

        var job = _jobs.Get(definition);
        using var span = JobSpans.StartEnqueue(definition.Name, options?.Queue ?? job.Queue, _broker.Name);
        try
        {
            var bulk = new BulkEnqueue(_sender, _broker, _resender, _ids, _time, job, HandleOf, _records, cancellationToken);
            foreach (var chunk in messages.Chunk(bulk.ChunkSize))
            {
                var now = _time.GetUtcNow();
                var scope = EnqueueScope.Current;
                var envelope = new Envelope(job, _queues, options, scope, _source, now);
                var holder = options is { SendImmediately: true } ? null : scope;
                if (definition.KeyTemplate is not null || options?.Key is not null)
                {
                    await bulk.AddKeyedAsync(chunk, envelope, holder, now, KeyedOf(job), _oneStep, options?.Key, PolicyOf(job, options)).ConfigureAwait(false);
                }
                else
                {
                    await bulk.AddAsync(chunk, envelope, holder, now).ConfigureAwait(false);
                }
            }

            var handles = await bulk.CompleteAsync().ConfigureAwait(false);
            _telemetry.Enqueued(definition.Name, options?.Queue ?? job.Queue, bulk.Sent);
            span?.SetTag(Tags.BatchCount, handles.Count);
            return handles;
        }
        catch (Exception error) when (span is not null)
        {
            JobSpans.Fail(span, error);
            throw;
        }
    }
}
