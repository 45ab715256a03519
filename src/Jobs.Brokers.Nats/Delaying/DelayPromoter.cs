using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Sending;
using Jobs.Brokers.Nats.Settling;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Delaying;

/// <summary>Moves what is due into its queue. Every process with a receiver does; they share the work, and none must live.</summary>
/// <remarks>
/// <para>1. The buckets that have messages are looked for every <see cref="ScanPeriod"/>, the past ones too, and with each connection; nudges tell of those that cannot wait for that.</para>
/// <para>2. A bucket has a consumer that all share. What a process holds when it ends goes to another at once; when it dies, after <see cref="AckWait"/>.</para>
/// <para>3. A message is acknowledged once its queue has it. Moved twice, it is one: its id is that of the copy.</para>
/// <para>4. The loop never ends by an error.</para>
/// </remarks>
internal sealed class DelayPromoter : IMessageHandler, IConnectionListener, IAsyncDisposable
{
    /// <summary>How often buckets are looked for.</summary>
    public static readonly TimeSpan ScanPeriod = TimeSpan.FromSeconds(5);

    private const int MovedAtOnce = 256;

    // Longer than a bucket is looked after before its end has come, and no longer: so late is what a process held that died.
    private static readonly TimeSpan AckWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandBackTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgetting = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<DelayBucket, BucketReader> _readers = [];
    private readonly Dictionary<DelayBucket, long> _restsUntil = [];
    private readonly SortedSet<DelayBucket> _ahead = new(Comparer<DelayBucket>.Create(static (left, right) => (left.OpensAt, left.Unit, left.Index).CompareTo((right.OpensAt, right.Unit, right.Index))));
    private readonly ConcurrentQueue<DelayBucket> _nudged = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly AckFlush _acks = new();
    private readonly WakeUp _happened;
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly NatsSender _sender;
    private readonly NatsNames _names;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly INatsSubscription _nudges;
    private readonly Task _work;
    private volatile bool _isConnected;
    private volatile bool _mustScan = true;
    private long _scannedAt;
    private bool _isInterrupted;

    public DelayPromoter(INatsClient client, JetStreamClient jetStream, NatsSender sender, NatsNames names, TimeProvider time, JobsTelemetry telemetry, ILogger logger)
    {
        (_client, _jetStream, _sender, _names, _time, _telemetry, _logger) = (client, jetStream, sender, names, time, telemetry, logger);
        _happened = new WakeUp(time);
        _nudges = client.Subscribe(names.NudgeSubject("*"), this);
        client.AddListener(this);
        _work = Task.Run(WorkAsync);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _client.RemoveListener(this);
        _nudges.Dispose();
        await _work.ConfigureAwait(false);
        await HandBackAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    void IMessageHandler.OnMessage(in NatsMessage message)
    {
        var subject = message.Subject;
        if (DelayBucket.TryParse(Encoding.UTF8.GetString(subject[(subject.LastIndexOf((byte)'.') + 1)..]), out var bucket))
        {
            _nudged.Enqueue(bucket);
            _happened.Set();
        }
    }

    void IMessageHandler.OnRefused(NatsPermissionException error) =>
        // Buckets are looked for all the same, only later.
        Log.NudgesRefused(_logger, error.Message);

    void IConnectionListener.OnConnected(NatsServerInfo server)
    {
        _isConnected = true;
        _mustScan = true;
        _happened.Set();
    }

    void IConnectionListener.OnDisconnected(Exception cause) => _isConnected = false;

    private async Task WorkAsync()
    {
        var pause = new RetryPause(TimeSpan.FromMilliseconds(100), LongestPause, _time);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_isConnected)
                {
                    await StepAsync().ConfigureAwait(false);
                    pause.Reset();
                    _isInterrupted = false;
                }

                await _happened.WaitAsync(_isConnected ? UntilNext() : Timeout.InfiniteTimeSpan, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A loop that ends would hold up every delayed job.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _telemetry.ErrorSwallowed("promote");
                if (!_isInterrupted)
                {
                    _isInterrupted = true;
                    Log.PromoteInterrupted(_logger, error.Message);
                }

                await pause.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask StepAsync()
    {
        if (_mustScan || _time.GetElapsedTime(_scannedAt) >= ScanPeriod)
        {
            await ScanAsync().ConfigureAwait(false);
        }

        while (_nudged.TryDequeue(out var bucket))
        {
            _restsUntil.Remove(bucket);
            _ahead.Add(bucket);
        }

        while (_ahead.Min is { Unit: > 0 } next && next.OpensAt * 1000 <= Now)
        {
            _ahead.Remove(next);
            await OpenAsync(next).ConfigureAwait(false);
        }

        foreach (var reader in _readers.Values)
        {
            reader.Ask();
        }

        await MoveDueAsync().ConfigureAwait(false);
        await CloseIdleAsync().ConfigureAwait(false);
    }

    private async ValueTask ScanAsync()
    {
        var isNew = _mustScan;
        _mustScan = false;
        try
        {
            if (isNew)
            {
                foreach (var reader in _readers.Values)
                {
                    reader.Forget();
                }
            }

            var stream = await _jetStream.GetStreamAsync(_names.DelayStream, _names.DelaySubjects, _stop.Token).ConfigureAwait(false);
            _scannedAt = _time.GetTimestamp();
            _ahead.Clear();
            foreach (var subject in stream?.Subjects.Keys ?? [])
            {
                if (subject.Split('.') is [_, _, var name, ..] && DelayBucket.TryParse(name, out var bucket) && !_readers.ContainsKey(bucket) && !IsResting(bucket))
                {
                    _ahead.Add(bucket);
                }
            }
        }
        catch
        {
            _mustScan |= isNew;
            throw;
        }
    }

    private bool IsResting(DelayBucket bucket) => _restsUntil.TryGetValue(bucket, out var until) && _time.GetTimestamp() < until;

    private async ValueTask OpenAsync(DelayBucket bucket)
    {
        if (_readers.ContainsKey(bucket))
        {
            return;
        }

        await _jetStream.CreateConsumerAsync(
            _names.DelayStream,
            new ConsumerConfig
            {
                Name = NatsNames.BucketConsumer(bucket.Name),
                FilterSubject = _names.DelaySubjectsOfBucket(bucket.Name),
                AckWait = AckWait,
                MaxAckPending = -1,
                InactiveThreshold = Unused,
            },
            _stop.Token).ConfigureAwait(false);
        _readers[bucket] = new BucketReader(_client, _names, bucket, _happened.Set, _time);
    }

    private async ValueTask MoveDueAsync()
    {
        var due = new List<DelayedMessage>();
        while (true)
        {
            foreach (var reader in _readers.Values)
            {
                reader.TakeDue(Now, due, MovedAtOnce);
            }

            // What was held for too long is about to come again, here or elsewhere.
            due.RemoveAll(message => _time.GetElapsedTime(message.ArrivedAt) > AckWait * 0.9);
            if (due.Count == 0)
            {
                return;
            }

            await MoveAsync(due).ConfigureAwait(false);
            due.Clear();
        }
    }

    private async ValueTask MoveAsync(List<DelayedMessage> due)
    {
        using var operation = SendOperation.Rent(due.Count);
        due.ForEach(message => _sender.AddDelayed(operation, message));
        await _sender.RunAsync(operation, _stop.Token).ConfigureAwait(false);
        var stored = new List<DelayedMessage>(due.Count);
        for (var i = 0; i < due.Count; i++)
        {
            if (operation.ResultOf(i).IsStored)
            {
                stored.Add(due[i]);
            }
            else if (_readers.TryGetValue(due[i].Bucket, out var reader))
            {
                // A full queue has no room yet: later.
                reader.PutBack(due[i], Now + 1000);
            }
        }

        if (stored.Count > 0)
        {
            await _acks.SendAsync(_client, "+ACK"u8, CollectionsMarshal.AsSpan(stored), AckTimeout).ConfigureAwait(false);
        }
    }

    // Others need not wait until it comes again by itself.
    private async ValueTask HandBackAsync()
    {
        var held = new List<DelayedMessage>();
        using var patience = new CancellationTokenSource(HandBackTimeout, _time);
        try
        {
            foreach (var reader in _readers.Values)
            {
                reader.Stop();
            }

            // Whatever the server had sent before it knew has come in with its answer.
            await _client.FlushAsync(patience.Token).ConfigureAwait(false);
            foreach (var reader in _readers.Values)
            {
                reader.TakeDue(long.MaxValue, held, int.MaxValue);
                reader.Dispose();
            }

            if (held.Count > 0)
            {
                // The first that goes back may be lost on our pulls, which the server forgets only now: it goes once more.
                await _acks.SendAsync(_client, "-NAK"u8, CollectionsMarshal.AsSpan(held)[..1], HandBackTimeout).ConfigureAwait(false);
                await Task.Delay(Forgetting, _time, patience.Token).ConfigureAwait(false);
            }

            foreach (var part in held.Chunk(MovedAtOnce))
            {
                await _acks.SendAsync(_client, "-NAK"u8, part.AsSpan(), HandBackTimeout).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is NatsException or OperationCanceledException)
        {
            _telemetry.ErrorSwallowed("promote");
            Log.HandBackFailed(_logger, AckWait, error.Message);
        }
    }

    private async ValueTask CloseIdleAsync()
    {
        foreach (var reader in _readers.Values.ToArray())
        {
            var isLost = reader.IsLost;
            if (!isLost && !IsOver(reader))
            {
                continue;
            }

            var consumer = isLost ? null : await _jetStream.GetConsumerAsync(_names.DelayStream, NatsNames.BucketConsumer(reader.Bucket.Name), _stop.Token).ConfigureAwait(false);
            if (consumer is { Pending: > 0 } or { AckPending: > 0 } || (!isLost && !reader.IsEmpty))
            {
                // Another process holds some of it. If that dies, it is handed out again here: nobody would look for it while the bucket rests.
                reader.UsedAt = _time.GetTimestamp();
                continue;
            }

            reader.Dispose();
            _readers.Remove(reader.Bucket);
            if (consumer is null)
            {
                _mustScan = true;
            }
            else
            {
                // What the server counts there and does not hand out is left over from a crash of its own.
                _restsUntil[reader.Bucket] = _time.GetTimestamp() + (long)(Rest.TotalSeconds * _time.TimestampFrequency);
            }
        }

        foreach (var (bucket, until) in _restsUntil.ToArray())
        {
            if (_time.GetTimestamp() > until)
            {
                _restsUntil.Remove(bucket);
            }
        }
    }

    private bool IsOver(BucketReader reader) =>
        reader.Bucket.End * 1000 + Idle.TotalMilliseconds < Now && _time.GetElapsedTime(reader.UsedAt) > Idle && reader.IsEmpty;

    private TimeSpan UntilNext()
    {
        var next = Now + (long)ScanPeriod.TotalMilliseconds;
        foreach (var reader in _readers.Values)
        {
            next = Math.Min(next, reader.NextDue ?? next);
        }

        if (_ahead.Min is { Unit: > 0 } ahead)
        {
            next = Math.Min(next, ahead.OpensAt * 1000);
        }

        return TimeSpan.FromMilliseconds(Math.Max(1, next - Now));
    }
}
