using System.Runtime.CompilerServices;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Messages;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Sending;

/// <summary>Sends the messages of one queue, or those of it that depend on writes to a store: whatever waits goes into the next script call, several of which are under way.</summary>
/// <remarks>
/// <para>1. Each batch has a number, and the script remembers the last 64 with their answers: a batch whose answer was lost is sent
/// again without a second job. So that 64 are enough, nothing new is sent after a loss until all that was under way has been answered.</para>
/// <para>2. A batch that may have run is sent again even when nobody waits for it any more (for <see cref="Patience"/>):
/// another sending of its messages joins it.</para>
/// <para>3. All state is behind one lock; the client is called under it, which only queues the command.</para>
/// </remarks>
internal sealed class QueueSender(
    IRedisClient client,
    QueueKeys keys,
    string producer,
    RedisBrokerOptions options,
    TimeProvider time,
    JobsTelemetry telemetry,
    ILogger logger,
    CancellationToken disposed,
    StoreKeys? store = null)
{
    private const int MostUnderWay = 8;

    /// <summary>How long a batch is sent again; the server's memory of numbers is longer, though it is not prolonged with each.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NumbersKept = TimeSpan.FromHours(1);
    private static readonly TimeSpan NumbersProlonged = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<SendOperation> _waiting = new();
    private readonly List<SendBatch> _underWay = [];
    private readonly UnknownSends _unknown = new(time, Patience);
    private readonly byte[] _producerKey = keys.Producer(producer);
    private volatile QueueTopology? _topology;
    private long _number;
    private long _prolongedAt = long.MinValue;
    private bool _isRecovering;

    /// <summary>The levels that the queue has, and what producers meet at its limit.</summary>
    public QueueTopology? Topology
    {
        get => _topology;
        set => _topology = value;
    }

    /// <summary>True if producers wait while the queue is at its limit.</summary>
    public bool WaitsForRoom => _topology is { MaxLength: not null, WhenFull: QueueFullMode.Wait };

    /// <summary>Sends messages. Those of a handler may be repeats, and no limit refuses them.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="results">What became of each.</param>
    /// <param name="isThen">True for those of a handler.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="writes">The writes that they depend on, one each, if the sender has a store.</param>
    /// <param name="written">What became of each write.</param>
    // Pooled, because every enqueue waits here.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(
        ReadOnlyMemory<JobMessage> messages,
        Memory<SendResult> results,
        bool isThen,
        CancellationToken cancellationToken,
        ReadOnlyMemory<StoreWrite> writes = default,
        Memory<StoreWriteResult> written = default)
    {
        var operation = new SendOperation(this, messages.Length)
        {
            Deadline = time.GetTimestamp() + (long)(options.SendTimeout.TotalSeconds * time.TimestampFrequency),
            Writes = CopyOf(writes.Span),
            Written = written,
        };
        operation.Encode(messages, results, LevelOf, isThen, options.MaxDocumentBytes);
        if (operation.Entries.Count == 0)
        {
            operation.Dispose();
            return;
        }

        lock (_lock)
        {
            for (var i = 0; i < operation.Entries.Count; i++)
            {
                _unknown.TryJoin(operation, i);
            }

            _waiting.Enqueue(operation);
            Pump();
        }

        using (cancellationToken.UnsafeRegister(static (operation, token) => ((SendOperation)operation!).Sender.GiveUp((SendOperation)operation, new OperationCanceledException(token)), operation))
        {
            await operation.Task.ConfigureAwait(false);
        }

        operation.Dispose();
    }

    public int LevelOf(JobMessage message) => QueueKeys.LevelOf(AdapterRules.LevelOf(_topology, message.Attributes.Priority));

    private static StoreWrite[] CopyOf(ReadOnlySpan<StoreWrite> writes)
    {
        if (writes.IsEmpty)
        {
            return [];
        }

        var copies = new StoreWrite[writes.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = writes[i] with { Value = writes[i].Value is { } value ? value.ToArray() : (ReadOnlyMemory<byte>?)null };
        }

        return copies;
    }

    // Under the lock.
    private void Pump()
    {
        while (!_isRecovering && _underWay.Count < MostUnderWay && _waiting.Count > 0)
        {
            var batch = new SendBatch(_number + 1, store) { Created = time.GetTimestamp() };
            while (_waiting.TryPeek(out var operation) && batch.TryTake(operation))
            {
                _waiting.Dequeue();
            }

            if (!batch.IsEmpty)
            {
                _number++;
                _underWay.Add(batch);
                batch.IsUnderWay = true;
                _ = FirstAsync(batch);
            }
        }
    }

    private async Task FirstAsync(SendBatch batch)
    {
        var failure = await TrySendAsync(batch).ConfigureAwait(false);
        lock (_lock)
        {
            batch.IsUnderWay = false;
            if (failure is null)
            {
                _underWay.Remove(batch);
                Pump();
            }
            else if (!_isRecovering)
            {
                _isRecovering = true;
                _prolongedAt = long.MinValue;
                Log.SendInterrupted(logger, keys.Queue, failure.Message);
                _ = Task.Run(RecoverAsync, CancellationToken.None);
            }
        }
    }

    /// <summary>Sends a batch and answers its callers. What may be tried again comes back as an error.</summary>
    private async Task<Exception?> TrySendAsync(SendBatch batch)
    {
        RespCommand? command = null;
        try
        {
            command = batch.ToCommand(keys, _producerKey, (long)options.DedupeWindow.TotalMilliseconds, KeepNumbers());
            using var reply = await client.ExecuteAsync(command, CancellationToken.None).ConfigureAwait(false);
            lock (_lock)
            {
                batch.Answer(reply);
            }

            return null;
        }
        catch (RedisConnectionException error)
        {
            batch.MayHaveRun |= error.MayHaveRun;
            return error;
        }
        catch (RedisServerException error) when (error.Kind.Passes())
        {
            return error;
        }
        catch (Exception error)
        {
            lock (_lock)
            {
                batch.AnswerAll(new SendResult(SendStatus.Failed, error));
            }

            return null;
        }
        finally
        {
            command?.Release();
        }
    }

    // 0 if they are kept for long enough.
    private long KeepNumbers()
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _prolongedAt);
        if (last != long.MinValue && time.GetElapsedTime(last, now) < NumbersProlonged)
        {
            return 0;
        }

        Interlocked.Exchange(ref _prolongedAt, now);
        return (long)NumbersKept.TotalMilliseconds;
    }

    private async Task RecoverAsync()
    {
        var pause = new RetryPause(TimeSpan.FromMilliseconds(50), LongestPause, time);
        while (true)
        {
            var failure = await WaitConnectedAsync().ConfigureAwait(false);
            SendBatch? next;
            lock (_lock)
            {
                ExpireOverdue(failure);
                if (_underWay.Count == 0)
                {
                    _isRecovering = false;
                    Pump();
                    return;
                }

                // One that is still under way fails, or is answered, before any may be sent again.
                next = failure is null && !_underWay.Exists(static batch => batch.IsUnderWay) ? _underWay[0] : null;
            }

            if (next is not null && await TrySendAsync(next).ConfigureAwait(false) is null)
            {
                lock (_lock)
                {
                    _underWay.Remove(next);
                }

                pause.Reset();
                continue;
            }

            telemetry.ErrorSwallowed("send");
            await pause.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Not longer than a moment at a time: callers want to be told at their deadlines.
    private async Task<Exception?> WaitConnectedAsync()
    {
        using var moment = new CancellationTokenSource(LongestPause, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(moment.Token, disposed);
        try
        {
            await client.WaitConnectedAsync(wait.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return new RedisConnectionException(client.Health.Error ?? "Redis cannot be reached.", mayHaveRun: false);
        }
        catch (Exception error)
        {
            return error;
        }
    }

    // Under the lock.
    private void ExpireOverdue(Exception? failure)
    {
        var now = time.GetTimestamp();
        var error = failure ?? new TimeoutException($"Redis did not answer within {options.SendTimeout} ({RedisBrokerOptions.SectionName}:{nameof(RedisBrokerOptions.SendTimeout)}).");
        var isFinal = failure is JobConfigurationException || disposed.IsCancellationRequested;
        foreach (var operation in _underWay.SelectMany(static batch => batch.Operations).Concat(_waiting).Distinct().ToArray())
        {
            if (isFinal || operation.Deadline <= now)
            {
                GiveUpCore(operation, error);
            }
        }

        for (var i = _waiting.Count; i > 0; i--)
        {
            if (_waiting.Dequeue() is { IsDone: false } operation)
            {
                _waiting.Enqueue(operation);
            }
        }

        _underWay.RemoveAll(batch => batch.IsForgotten = !batch.IsUnderWay && batch.IsOrphaned
            && (!batch.MayHaveRun || disposed.IsCancellationRequested || time.GetElapsedTime(batch.Created) > Patience));
    }

    private void GiveUp(SendOperation operation, Exception error)
    {
        lock (_lock)
        {
            GiveUpCore(operation, error);
        }
    }

    private void GiveUpCore(SendOperation operation, Exception error)
    {
        if (operation.IsDone)
        {
            return;
        }

        var unknown = new HashSet<int>();
        foreach (var batch in _underWay.Where(static batch => batch.MayHaveRun || batch.IsUnderWay))
        {
            for (var place = 0; place < batch.Entries.Count; place++)
            {
                var (owner, entry) = batch.Entries[place];
                if (owner == operation)
                {
                    unknown.Add(entry);
                    _unknown.Add(operation.DedupeIdOf(operation.Entries[entry]), batch, place);
                }
            }

            unknown.UnionWith(batch.FollowersOf(operation));
        }

        operation.GiveUp(unknown, error);
    }
}
