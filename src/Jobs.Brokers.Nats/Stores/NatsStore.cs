using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Keeps entries in a JetStream key-value bucket: the last message of each subject. The place of that message is the version.</summary>
/// <remarks>
/// <para>Invariants: (1) every change of a key is a message that names the one it replaces, so of two writers one wins; (2) reads are answered by the
/// stream's leader; (3) who finds an entry expired writes that it is gone before saying so, and then it is for everyone; (4) nothing of a key is
/// deleted by anything but a message, for a server that was killed may bring back what was only taken out; the sweep clears away what is old.</para>
/// <para>One bucket for all, whatever their expiry: a bucket drops by age, and a key whose expiry changes would have to move to another in one step.</para>
/// <para>Safe for concurrent use.</para>
/// </remarks>
internal sealed partial class NatsStore : IIndexedStore, IPermitStore, IProvisionedStore
{
    private const int LargestValue = 1024 * 1024;

    // Headers count, too.
    private const int HeaderRoom = 4 * 1024;
    private const int MostUnderWay = 256;

    private static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(36_500);
    private static readonly Task<ulong> NoNote = Task.FromResult(0UL);
    private static readonly Task<StoreSlot> NoSlot = Task.FromResult(default(StoreSlot));

    private readonly CancellationTokenSource _disposed = new();
    private readonly SemaphoreSlim _provisioning = new(1, 1);
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly StoreNames _names;
    private readonly NatsBrokerOptions _options;
    private readonly ProvisionMode _mode;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly StoreWriter _writer;
    private readonly ServerClock _clock;
    private readonly IndexLog _log;
    private readonly StoreSweep _sweep;
    private readonly StoreSweepTimes _times;
    private volatile bool _isReady;

    /// <summary>Makes a store, which owns the client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="namespace">Keeps applications on one server apart.</param>
    /// <param name="options">Read once.</param>
    /// <param name="mode">What is done about streams that are not there.</param>
    /// <param name="time">The clock of waits; expiry goes by the server's.</param>
    /// <param name="telemetry">Counts swallowed errors.</param>
    /// <param name="logger">The log.</param>
    /// <param name="sweeping">Null: as usual.</param>
    public NatsStore(
        INatsClient client, string @namespace, NatsBrokerOptions options, ProvisionMode mode, TimeProvider time, JobsTelemetry telemetry, ILogger logger, StoreSweepTimes? sweeping = null)
    {
        (_client, _options, _mode, _time, _telemetry, _logger) = (client, options, mode, time, telemetry, logger);
        _names = new StoreNames(@namespace);
        _jetStream = new JetStreamClient(client, time);
        _writer = new StoreWriter(_jetStream, _names.Stream, Missing);
        _clock = new ServerClock(client, _jetStream, _names, time);
        _log = new IndexLog(client, _jetStream, _names, time);
        _trims = new IndexTrims(TrimAsync, time, telemetry, logger);
        _times = sweeping ?? new StoreSweepTimes();
        _sweep = new StoreSweep(client, _jetStream, _writer, _clock, _names, _times, time, telemetry, logger);
    }

    public string Name => "nats";

    public StoreFeatures Features => new() { MaxValueBytes = Math.Min(LargestValue, _client.Server?.MaxPayload ?? LargestValue) - HeaderRoom };

    public BrokerHealth Health => _client.Health;

    public async ValueTask ProvisionAsync(ProvisionMode mode, CancellationToken cancellationToken)
    {
        await new Provisioner(_jetStream, new NatsNames(_names.Namespace), _options, mode, _logger).RunAsync(_names, cancellationToken).ConfigureAwait(false);
        _isReady = true;
        _sweep.Start();
    }

    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return (await FindAsync(key, cancellationToken).ConfigureAwait(false)).Entry;
    }

    public async ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries.Length, keys.Length, nameof(entries));
        foreach (var key in keys.Span)
        {
            StoreRules.CheckKey(key, nameof(keys));
        }

        await BeginAsync(cancellationToken).ConfigureAwait(false);
        await EachAsync(keys.Length, async i =>
        {
            var slot = await FindAsync(keys.Span[i], cancellationToken).ConfigureAwait(false);
            entries.Span[i] = slot.Entry;
        }).ConfigureAwait(false);
    }

    public async ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default)
    {
        var write = StoreRules.Put(Features, key, value, condition, expiry);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return await WriteOneAsync(write, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return await WriteOneAsync(new StoreWrite { Key = key, Condition = condition }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default)
    {
        StoreRules.Check(Features, writes.Span, results.Length);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        await WriteAllAsync(writes, results, cancellationToken).ConfigureAwait(false);
        await TrimAllAsync(writes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends all watches, and the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        await _disposed.CancelAsync().ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        await _trims.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
        _clock.Dispose();
    }

    // Before anything else: nobody may have made the streams yet.
    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_isReady)
        {
            return;
        }

        await _provisioning.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                await ProvisionAsync(_mode, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _provisioning.Release();
        }
    }

    // Those of one key one after the other; all are waited for, so that nothing is written to the results afterwards.
    private async ValueTask WriteAllAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken)
    {
        var first = new Dictionary<string, int>(writes.Length, StringComparer.Ordinal);
        var next = new int[writes.Length];
        var last = new Dictionary<int, int>();
        for (var i = 0; i < writes.Length; i++)
        {
            if (!first.TryAdd(writes.Span[i].Key, i))
            {
                var before = first[writes.Span[i].Key];
                next[last.TryGetValue(before, out var end) ? end : before] = i;
                last[before] = i;
            }
        }

        int[] starts = [.. first.Values];
        await EachAsync(starts.Length, async start =>
        {
            var i = starts[start];
            do
            {
                var result = await WriteOneAsync(writes.Span[i], cancellationToken).ConfigureAwait(false);
                results.Span[i] = result;
                i = next[i];
            }
            while (i > 0);
        }).ConfigureAwait(false);
    }

    private async ValueTask<StoreWriteResult> WriteOneAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        var (key, condition) = (write.Key, write.Condition);
        var startedAt = _time.GetTimestamp();

        // What must not be there is mostly not there: then nothing needs to be read.
        var isLikelyNew = write.Value is not null && condition is { Kind: StoreConditionKind.IfAbsent } or { Kind: StoreConditionKind.IfNotNewer, Order: 0 };
        var noting = write.Index is { } index ? _log.AddAsync(index.Name, key, cancellationToken).AsTask() : NoNote;
        var finding = isLikelyNew ? NoSlot : FindAsync(key, cancellationToken).AsTask();
        await Task.WhenAll(noting, finding).ConfigureAwait(false);
        var (note, slot) = (await noting.ConfigureAwait(false), await finding.ConfigureAwait(false));
        while (StoreRules.Holds(condition, slot.Entry))
        {
            if (write.Value is not { } value)
            {
                if (slot.Entry is null || await TryBuryAsync(key, slot, cancellationToken).ConfigureAwait(false))
                {
                    return new StoreWriteResult(true, 0);
                }
            }
            else if (await TryReplaceAsync(key, slot, value, StoreRules.OrderAfter(condition, slot.Entry), write.Expiry, note, cancellationToken).ConfigureAwait(false) is var version and > 0)
            {
                await _log.RemoveAsync(slot.Note, cancellationToken).ConfigureAwait(false);
                if (note == 0 || _time.GetElapsedTime(startedAt) < _times.LeastNoteAge / 2)
                {
                    return new StoreWriteResult(true, (long)version);
                }

                // Its note is so old that somebody may have taken it for one that no entry names.
                return await RewriteAsync(write, version, note, cancellationToken).ConfigureAwait(false);
            }

            slot = await FindAsync(key, cancellationToken).ConfigureAwait(false);
        }

        await _log.RemoveAsync(note, cancellationToken).ConfigureAwait(false);
        return new StoreWriteResult(false, slot.Entry?.Version ?? 0);
    }

    private async ValueTask<StoreWriteResult> RewriteAsync(StoreWrite write, ulong version, ulong note, CancellationToken cancellationToken)
    {
        var rewritten = await WriteOneAsync(write with { Condition = StoreCondition.IfVersion((long)version) }, cancellationToken).ConfigureAwait(false);
        await _log.RemoveAsync(note, cancellationToken).ConfigureAwait(false);
        return new StoreWriteResult(true, rewritten.Written ? rewritten.Version : (long)version);
    }

    // What is there. An entry that has expired is marked as gone first: whoever looks after us, by whichever clock, finds it gone, too.
    private async ValueTask<StoreSlot> FindAsync(string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slot = await PeekAsync(key, cancellationToken).ConfigureAwait(false);
            if (!slot.IsExpired)
            {
                return slot;
            }

            await TryBuryAsync(key, slot, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<StoreSlot> PeekAsync(string key, CancellationToken cancellationToken)
    {
        var message = await _writer.ReadAsync(_names.EntrySubject(key), cancellationToken).ConfigureAwait(false);
        var slot = message is null ? default : StoreSlot.Read(key, message);
        return slot.ExpiresAt is { } expiresAt && await _clock.EarliestAsync(cancellationToken).ConfigureAwait(false) >= expiresAt ? slot.Expired() : slot;
    }

    private ValueTask<ulong> TryReplaceAsync(string key, StoreSlot slot, ReadOnlyMemory<byte> value, long order, TimeSpan? expiry, ulong note, CancellationToken cancellationToken)
    {
        var headers = _writer.Headers();
        if (order > 0)
        {
            headers.Add(StoreHeaders.Order, order);
        }

        if (expiry is { } life)
        {
            headers.Add(StoreHeaders.Ttl, MillisecondsOf(life));
        }

        if (note > 0)
        {
            headers.Add(StoreHeaders.Note, (long)note);
        }

        return _writer.TryWriteAsync(_names.EntrySubject(key), slot.Sequence, headers, value, cancellationToken);
    }

    // False if somebody else was faster.
    private async ValueTask<bool> TryBuryAsync(string key, StoreSlot slot, CancellationToken cancellationToken)
    {
        var headers = _writer.Headers().Add(StoreHeaders.Operation, "DEL"u8);
        if (await _writer.TryWriteAsync(_names.EntrySubject(key), slot.Sequence, headers, default, cancellationToken).ConfigureAwait(false) == 0)
        {
            return false;
        }

        await _log.RemoveAsync(slot.Note, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // Somebody has deleted the stream: it is looked at anew with the next call.
    private void Missing() => _isReady = false;

    // Never shorter than told: an entry is not to be gone early.
    private static long MillisecondsOf(TimeSpan expiry) => (long)Math.Ceiling((expiry < LongestExpiry ? expiry : LongestExpiry).TotalMilliseconds);

    private static async Task EachAsync(int count, Func<int, Task> call)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(count, MostUnderWay)).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await call(i).ConfigureAwait(false);
            }
        })).ConfigureAwait(false);
    }
}
