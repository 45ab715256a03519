using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Running;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Sending;

/// <summary>What is on its way to one queue at SQS, ten messages in a request. Safe for concurrent use.</summary>
/// <remarks>
/// <para>1. An idle outbox sends at once. While requests are under way a batch forms, until it is full, one of them ends, or <see cref="Linger"/> has passed.</para>
/// <para>2. What was surely not taken is sent again until whoever waits gives it up.</para>
/// </remarks>
internal sealed class Outbox
{
    private const int MostRequests = 16;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly ISqsClient _client;
    private readonly string _name;
    private readonly Func<string, CancellationToken, ValueTask<string>> _urlOf;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _requests;
    private bool _isLingering;
    private bool _mustGo;
    private int _isInterrupted;

    /// <param name="client">The client.</param>
    /// <param name="name">The queue.</param>
    /// <param name="urlOf">Finds its URL, or makes it.</param>
    /// <param name="time">The clock of waits.</param>
    /// <param name="telemetry">Counts swallowed errors.</param>
    /// <param name="logger">The log.</param>
    public Outbox(ISqsClient client, string name, Func<string, CancellationToken, ValueTask<string>> urlOf, TimeProvider time, JobsTelemetry telemetry, ILogger logger)
    {
        (_client, _name, _urlOf, _time, _telemetry, _logger) = (client, name, urlOf, time, telemetry, logger);

        // The outbox outlives whoever sends first; it must not keep that caller's async-local values.
        using var clean = CleanContext.Enter();
        _timer = time.CreateTimer(static outbox => ((Outbox)outbox!).OnLingered(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds messages; they are not gone before <see cref="Flush"/>.</summary>
    public void Add(Outgoing message)
    {
        lock (_lock)
        {
            _waiting.Enqueue(message);
        }
    }

    /// <summary>Lets go what was added.</summary>
    public void Flush()
    {
        while (TryTake() is { } batch)
        {
            _ = RunAsync(batch);
        }
    }

    private void OnLingered()
    {
        lock (_lock)
        {
            _isLingering = false;
            _mustGo = true;
        }

        Flush();
    }

    private List<Outgoing>? TryTake()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 || _requests >= MostRequests)
            {
                return null;
            }

            if (_waiting.Count < SqsLimits.MaxBatch && _requests > 0 && !_mustGo)
            {
                if (!_isLingering)
                {
                    _isLingering = true;
                    _timer.Change(Linger, Timeout.InfiniteTimeSpan);
                }

                return null;
            }

            _mustGo = false;
            var batch = TakeBatch();
            _requests += batch is null ? 0 : 1;
            return batch;
        }
    }

    // As many as go together: in number, in size, and in what is to happen when an answer is lost.
    private List<Outgoing>? TakeBatch()
    {
        var batch = new List<Outgoing>(SqsLimits.MaxBatch);
        var room = SqsLimits.MaxBytes;
        while (batch.Count < SqsLimits.MaxBatch && _waiting.TryPeek(out var next))
        {
            if (batch.Count > 0 && (next.Entry.Size > room || next.Operation.IsRepeatable != batch[0].Operation.IsRepeatable))
            {
                break;
            }

            _waiting.Dequeue();
            if (next.Operation.TryBegin(next.Index))
            {
                room -= next.Entry.Size;
                batch.Add(next);
            }
            else
            {
                next.Return();
            }
        }

        return batch.Count > 0 ? batch : null;
    }

    private async Task RunAsync(List<Outgoing> batch)
    {
        // Not on the caller's stack: what fails at once would begin the next batch from within this one.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pause = new RetryPause(FirstPause, LongestPause, _time);
        try
        {
            while (batch.Count > 0)
            {
                await SendAsync(batch).ConfigureAwait(false);
                if (batch.Count > 0)
                {
                    await pause.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                    batch.RemoveAll(static message => Drops(message, !message.Operation.TryBegin(message.Index)));
                }
            }
        }
#pragma warning disable CA1031 // Who waits must be told, whatever happened.
        catch (Exception error)
#pragma warning restore CA1031
        {
            batch.ForEach(message => message.Operation.End(message.Index, new SendResult(SendStatus.Unknown, error)));
        }
        finally
        {
            lock (_lock)
            {
                _requests--;
            }

            // What goes next is others', and what is begun in a caller's context would keep it as long as there is something to send.
            using var clean = CleanContext.Enter();
            Flush();
        }
    }

    // Leaves in the batch what is to be sent once more.
    private async ValueTask SendAsync(List<Outgoing> batch)
    {
        var entries = new SqsSendEntry[batch.Count];
        var results = new SqsEntryResult[batch.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = batch[i].Entry;
        }

        try
        {
            var url = await _urlOf(_name, CancellationToken.None).ConfigureAwait(false);
            await _client.SendMessageBatchAsync(url, entries, results, batch[0].Operation.IsRepeatable, CancellationToken.None).ConfigureAwait(false);
            var place = 0;
            batch.RemoveAll(message => Ends(message, in results[place++]));
            Volatile.Write(ref _isInterrupted, 0);
        }
        catch (SqsException error)
        {
            Interrupted(error);
            batch.RemoveAll(message => Ends(message, error));
        }
        catch (JobConfigurationException error)
        {
            batch.RemoveAll(message => Drops(message, Fails(message, error)));
        }
    }

    private bool Ends(Outgoing message, in SqsEntryResult result)
    {
        if (result is { IsOk: false, IsSenderFault: false } && message.Operation.TryAgain(message.Index))
        {
            // Throttled, or a fault of the service: this one alone once more.
            return false;
        }

        if (result.Error == SqsErrorKind.IllegalCharacters && message.TryEncode() && message.Operation.TryAgain(message.Index))
        {
            // Whoever stands in for SQS knows fewer characters than it does.
            return false;
        }

        message.Operation.End(message.Index, result.IsOk ? SendResult.Accepted : new SendResult(
            result.Error == SqsErrorKind.TooLarge ? SendStatus.TooLarge : SendStatus.Failed,
            Problems.Explain(new SqsException(result.Error, $"SQS did not take a message for queue '{_name}': {result.Message} ({result.Code})") { Action = "SendMessageBatch" }, _name)));
        message.Return();
        return true;
    }

    private bool Ends(Outgoing message, SqsException error)
    {
        if (error is { IsRetryable: true, IsOutcomeUnknown: false } && message.Operation.TryAgain(message.Index))
        {
            return false;
        }

        message.Operation.End(message.Index, new SendResult(error.IsOutcomeUnknown ? SendStatus.Unknown : SendStatus.Failed, Problems.Explain(error, _name)));
        message.Return();
        return true;
    }

    private static bool Fails(Outgoing message, Exception error)
    {
        message.Operation.End(message.Index, new SendResult(SendStatus.Failed, error));
        return true;
    }

    private static bool Drops(Outgoing message, bool isOver)
    {
        if (isOver)
        {
            message.Return();
        }

        return isOver;
    }

    private void Interrupted(SqsException error)
    {
        _telemetry.ErrorSwallowed("send");
        if (Interlocked.Exchange(ref _isInterrupted, 1) == 0)
        {
            Log.SendInterrupted(_logger, _name, error.Message);
        }
    }
}
