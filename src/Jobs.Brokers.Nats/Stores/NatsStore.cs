using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Keeps entries in a JetStream key-value bucket: the last message of each subject. The place of that message is the version.</summary>
/// <remarks>
/// <para>Invariants: (1) every change of a key is a message that names the one it replaces, so of two writers one wins; (2) what a call tells was answered
/// by the stream's leader, or is proved by a write that replaced it; (3) who finds an entry expired writes that it is gone before saying so, and then it is
/// for everyone; (4) nothing of a key is deleted by anything but a message, for a server that was killed may bring back what was only taken out; only the
/// sweep, and servers that can (<see cref="StoreReader.LetsGo"/>), take out, what is old (<see cref="StoreSweep"/>).</para>
/// <para>One bucket for all, whatever their expiry: a bucket drops by age, and a key whose expiry changes would have to move to another in one step.</para>
/// <para>An entry names its index in its headers. Those who count or page an index read them; a write costs no more for it.</para>
/// <para>Safe for concurrent use.</para>
/// </remarks>
internal sealed partial class NatsStore : IIndexedStore, IPermitStore, IProvisionedStore
{
    private const int LargestValue = 1024 * 1024;

    // Headers count, too.
    private const int HeaderRoom = 4 * 1024;
    private const int MostUnderWay = 256;

    private readonly CancellationTokenSource _disposed = new();
    private readonly SemaphoreSlim _provisioning = new(1, 1);
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly StoreNames _names;
    private readonly NatsBrokerOptions _options;
    private readonly ProvisionMode _mode;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StoreReader _reader;
    private readonly StoreWriter _writer;
    private readonly ServerClock _clock;
    private readonly IndexClasses _classes;
    private readonly IndexViews _views;
    private readonly StoreSweep _sweep;
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
        (_client, _options, _mode, _logger) = (client, options, mode, logger);
        _names = new StoreNames(@namespace);
        _time = time;
        _jetStream = new JetStreamClient(client, time);
        _reader = new StoreReader(_jetStream, _names.Stream, Missing);
        sweeping ??= new StoreSweepTimes();
        _writer = new StoreWriter(_jetStream, _reader, _names.Stream, sweeping.LeastAge, Missing);
        _clock = new ServerClock(client, _jetStream, _reader, _names, time);
        _classes = new IndexClasses(client, _reader, _writer, _names);
        _views = new IndexViews(_classes, classes => new IndexView(client, _jetStream, _reader, _clock, _names.Stream, _names.EntrySubjects(classes), LargestExact, TrimAsync, time));
        _sweep = new StoreSweep(client, _jetStream, _reader, _writer, _clock, _names, sweeping, time, telemetry, logger);
    }

    public string Name => "nats";

    public StoreFeatures Features => new() { MaxValueBytes = Math.Min(LargestValue, _client.Server?.MaxPayload ?? LargestValue) - HeaderRoom, ComparesVersions = true };

    public BrokerHealth Health => _client.Health;

    public async ValueTask ProvisionAsync(ProvisionMode mode, CancellationToken cancellationToken)
    {
        await new Provisioner(_jetStream, new NatsNames(_names.Namespace), _options, mode, _logger).RunAsync(_names, cancellationToken).ConfigureAwait(false);
        await _reader.LookAsync(cancellationToken).ConfigureAwait(false);
        _isReady = true;
        _sweep.Start();
    }

    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return (await FindAsync(key, mayLag: false, cancellationToken).ConfigureAwait(false)).Entry;
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
            var slot = await FindAsync(keys.Span[i], mayLag: false, cancellationToken).ConfigureAwait(false);
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
        _views.Dispose();
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

    private async ValueTask<StoreWriteResult> WriteOneAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        if (write.Index is { } index)
        {
            await _classes.AddAsync(index.Name, write.Key, cancellationToken).ConfigureAwait(false);
        }

        var isGuessed = TryGuess(write, out var slot);
        if (!isGuessed)
        {
            slot = await FindAsync(write.Key, mayLag: true, cancellationToken).ConfigureAwait(false);
        }

        return await WriteAsync(write, slot, isSure: !isGuessed && _reader.IsAlone, cancellationToken).ConfigureAwait(false);
    }

    // True if nothing needs to be read: what is there is what the writer says (that it meets the condition, too), and what must not be there mostly
    // is not. A wrong guess is refused, for the place is another one.
    private static bool TryGuess(in StoreWrite write, out StoreSlot slot)
    {
        slot = default;
        if (write is { Value: not null, Condition.Kind: StoreConditionKind.IfNotNewer, LikelyVersion: >= 0 and var likely })
        {
            slot = new StoreSlot((ulong)likely, null);
            return true;
        }

        return write is { Value: not null, Condition: { Kind: StoreConditionKind.IfAbsent } or { Kind: StoreConditionKind.IfNotNewer, Order: 0 } };
    }

    // On what was found, and if that is not there any more, on what is there then.
    private async ValueTask<StoreWriteResult> WriteAsync(StoreWrite write, StoreSlot slot, bool isSure, CancellationToken cancellationToken)
    {
        for (; ; isSure = true)
        {
            var isMet = StoreRules.Holds(write.Condition, slot.Entry);
            if (NeedsMessage(write, slot))
            {
                var place = await _writer.TryWriteAsync(
                    _names.EntrySubject(write.Key), slot.Sequence, HeadersOf(write, slot, new NatsHeaderBlock(), _writer.NextMark()), write.Value ?? default, cancellationToken).ConfigureAwait(false);
                if (place > 0)
                {
                    return Written(write, place);
                }
            }
            else if (isSure)
            {
                return isMet ? new StoreWriteResult(true, 0) : new StoreWriteResult(false, slot.Entry?.Version ?? 0);
            }

            slot = await FindAsync(write.Key, mayLag: false, cancellationToken).ConfigureAwait(false);
        }
    }

    // Not if its condition does not hold, or what is to be deleted is not there.
    private static bool NeedsMessage(in StoreWrite write, in StoreSlot slot) =>
        StoreRules.Holds(write.Condition, slot.Entry) && (write.Value is not null || slot.Entry is not null);

    private static StoreWriteResult Written(in StoreWrite write, ulong place) => new(true, write.Value is null ? 0 : (long)place);

    // What is there. An entry that has expired is marked as gone first: whoever looks after us, by whichever clock, finds it gone, too.
    private async ValueTask<StoreSlot> FindAsync(string key, bool mayLag, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await _reader.ReadAsync(_names.EntrySubject(key), mayLag, cancellationToken).ConfigureAwait(false);
            var slot = message is null ? default : await SlotOfAsync(key, message, cancellationToken).ConfigureAwait(false);
            if (!slot.IsExpired)
            {
                return slot;
            }

            await TryBuryAsync(message!.Subject, slot.Sequence, cancellationToken).ConfigureAwait(false);
            mayLag = false;
        }
    }

    private async ValueTask<StoreSlot> SlotOfAsync(string key, StoredMessage message, CancellationToken cancellationToken)
    {
        var slot = StoreSlot.Read(key, message);
        return slot.ExpiresAt is { } expiresAt && await _clock.EarliestAsync(cancellationToken).ConfigureAwait(false) >= expiresAt ? slot.Expired() : slot;
    }

    private NatsHeaderBlock HeadersOf(in StoreWrite write, in StoreSlot slot, NatsHeaderBlock block, long mark)
    {
        var headers = _writer.Headers(block, mark);
        if (write.Value is null)
        {
            return _writer.Deleting(headers);
        }

        if (StoreRules.OrderAfter(write.Condition, slot.Entry) is > 0 and var order)
        {
            headers.Add(StoreHeaders.Order, order);
        }

        if (write.Expiry is { } life)
        {
            _writer.Expiring(headers, StoreRules.MillisecondsOf(life));
        }

        if (write.Index is { } index)
        {
            headers.Add(StoreHeaders.Index, StoreNames.TagOf(index.Name));
            if (index.Capacity < int.MaxValue)
            {
                headers.Add(StoreHeaders.Capacity, index.Capacity);
            }

            if (!StoreNames.IsTold(write.Key))
            {
                headers.Add(StoreHeaders.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(write.Key)));
            }
        }

        return headers;
    }

    // False if somebody else was faster.
    private async ValueTask<bool> TryBuryAsync(string subject, ulong place, CancellationToken cancellationToken)
    {
        var headers = _writer.Deleting(_writer.Headers());
        return await _writer.TryWriteAsync(subject, place, headers, default, cancellationToken).ConfigureAwait(false) > 0;
    }

    // Somebody has deleted the stream, and perhaps made it anew: it is looked at with the next call.
    private void Missing()
    {
        _isReady = false;
        _classes.Forget();
    }

    private static async Task EachAsync(int count, Func<int, Task> call)
    {
        var next = -1;
        var running = new Task[Math.Min(count, MostUnderWay)];
        for (var i = 0; i < running.Length; i++)
        {
            running[i] = RunAsync();
        }

        await Task.WhenAll(running).ConfigureAwait(false);

        async Task RunAsync()
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await call(i).ConfigureAwait(false);
            }
        }
    }
}
