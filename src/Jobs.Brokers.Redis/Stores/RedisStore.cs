using System.Globalization;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>Keeps entries in Redis: a string each, written by scripts; changes are published by the same scripts.</summary>
/// <remarks>Safe for concurrent use. A read whose connection is lost is asked again; a write that may have happened is the caller's to judge.</remarks>
internal sealed partial class RedisStore : IIndexedStore, IPermitStore
{
    private const int LargestValue = 16 * 1024 * 1024;
    private const int MostInScript = WriteArguments.Most;
    private const int MostBytesInScript = 256 * 1024;
    private const int MostInRead = 512;

    /// <summary>What every store on Redis promises.</summary>
    public static readonly StoreFeatures Promises = new() { MaxValueBytes = LargestValue };

    [ThreadStatic]
    private static HashSet<string>? _taken;

    private readonly CancellationTokenSource _disposed = new();
    private readonly IRedisClient _client;
    private readonly TimeProvider _time;
    private readonly StoreKeys _keys;
    private readonly ISubscriber _subscriber;

    /// <summary>Makes a store, which owns the client.</summary>
    public RedisStore(IRedisClient client, string @namespace, TimeProvider time, ILogger logger)
    {
        _client = client;
        _time = time;
        _keys = new StoreKeys(@namespace);
        _subscriber = client.OpenSubscriber(_keys.Version, reason => Log.WatchInterrupted(logger, reason));
    }

    public string Name => "redis";

    public StoreFeatures Features => Promises;

    public BrokerHealth Health => _client.Health;

    /// <summary>True if its entries are in the database that a client is connected to, as those of a namespace.</summary>
    public bool IsOf(string @namespace, IRedisClient client) => _keys.Namespace == @namespace && _client.SharesDatabaseWith(client);

    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        return (await FindAsync(key, cancellationToken).ConfigureAwait(false)).Stored?.Entry;
    }

    public async ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries.Length, keys.Length, nameof(entries));
        foreach (var key in keys.Span)
        {
            StoreRules.CheckKey(key, nameof(keys));
        }

        for (var start = 0; start < keys.Length; start += MostInRead)
        {
            var part = keys.Slice(start, Math.Min(MostInRead, keys.Length - start));
            using var reply = await ReadAsync(() => ReadMany(part.Span), cancellationToken).ConfigureAwait(false);
            var stored = ReadEntries(reply, part.Span);
            var now = Array.Exists(stored, static found => found is { ExpiresAt: > 0 }) ? await TellTimeAsync(cancellationToken).ConfigureAwait(false) : 0;
            for (var i = 0; i < stored.Length; i++)
            {
                entries.Span[start + i] = stored[i] is { } found && found.IsThereAt(now) ? found.Entry : null;
            }
        }
    }

    public async ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default)
    {
        StoreWrite[] writes = [StoreRules.Put(Features, key, value, condition, expiry)];
        var results = new StoreWriteResult[1];
        await WriteCoreAsync(writes, results, cancellationToken).ConfigureAwait(false);
        return results[0];
    }

    public async ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        StoreWrite[] writes = [new() { Key = key, Condition = condition }];
        var results = new StoreWriteResult[1];
        await WriteCoreAsync(writes, results, cancellationToken).ConfigureAwait(false);
        return results[0];
    }

    public ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default)
    {
        StoreRules.Check(Features, writes.Span, results.Length);
        return WriteCoreAsync(writes, results, cancellationToken);
    }

    /// <summary>Ends all watches, and the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        await _disposed.CancelAsync().ConfigureAwait(false);
        await _subscriber.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    // The calls of one batch go out together, in order; all are waited for, so that nothing is written to the results afterwards.
    private async ValueTask WriteCoreAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        await WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
        var first = TakeScript(writes.Span);
        if (first == writes.Length)
        {
            await SendAsync(writes, results, cancellationToken).ConfigureAwait(false);
            return;
        }

        var calls = new List<Task>();
        for (int start = 0, count = first; start < writes.Length; start += count, count = TakeScript(writes.Span[start..]))
        {
            calls.Add(SendAsync(writes.Slice(start, count), results.Slice(start, count), cancellationToken).AsTask());
        }

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken)
    {
        if (writes.IsEmpty)
        {
            return;
        }

        using var reply = await ExecuteAsync(() => WriteCommand(writes.Span), repeats: false, cancellationToken).ConfigureAwait(false);
        ReadResults(reply, writes.Span, results.Span);
    }

    // A script takes each key once.
    private static int TakeScript(ReadOnlySpan<StoreWrite> writes)
    {
        var keys = _taken ??= new HashSet<string>(MostInScript, StringComparer.Ordinal);
        keys.Clear();
        var bytes = 0;
        for (var i = 0; i < writes.Length; i++)
        {
            bytes += writes[i].Value?.Length ?? 0;
            if (i == MostInScript || (i > 0 && bytes > MostBytesInScript) || !keys.Add(writes[i].Key))
            {
                return i;
            }
        }

        return writes.Length;
    }

    private RespCommand WriteCommand(ReadOnlySpan<StoreWrite> writes)
    {
        var command = RespCommand.Rent(StoreScripts.Write, WriteArguments.FirstKeys + writes.Length);
        WriteArguments.AddKeys(command, _keys, writes);
        WriteArguments.AddTo(command, _keys, writes);
        return command;
    }

    // All were written, with versions that follow each other, but for those that the answer names.
    private static void ReadResults(RespReply reply, ReadOnlySpan<StoreWrite> writes, Span<StoreWriteResult> results)
    {
        var reader = reply.GetReader();
        var values = reader.ReadArray();
        var version = reader.ReadInteger();
        for (var i = 0; i < writes.Length; i++)
        {
            results[i] = new StoreWriteResult(true, writes[i].Value is null ? 0 : version + i + 1);
        }

        for (; values > 1; values -= 2)
        {
            var place = (int)reader.ReadInteger();
            results[place - 1] = new StoreWriteResult(false, reader.ReadInteger());
        }
    }

    private RespCommand ReadMany(ReadOnlySpan<string> keys)
    {
        var command = RespCommand.Rent("MGET"u8);
        foreach (var key in keys)
        {
            command.KeyText(_keys.Entry(key));
        }

        return command;
    }

    private static StoredEntry?[] ReadEntries(RespReply reply, ReadOnlySpan<string> keys)
    {
        var entries = new StoredEntry?[keys.Length];
        var reader = reply.GetReader();
        reader.ReadArray();
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = StoredEntry.Read(keys[i], reader.ReadBytes());
        }

        return entries;
    }

    // With the server's time in microseconds, if it depends on that whether it is there; else 0.
    private async ValueTask<(StoredEntry? Stored, long Now)> FindAsync(string key, CancellationToken cancellationToken)
    {
        using var reply = await ReadAsync(() => RespCommand.Rent("GET"u8).KeyText(_keys.Entry(key)), cancellationToken).ConfigureAwait(false);
        if (StoredEntry.Read(key, reply.GetReader().ReadBytes()) is not { } stored)
        {
            return default;
        }

        var now = stored.ExpiresAt > 0 ? await TellTimeAsync(cancellationToken).ConfigureAwait(false) : 0;
        return (stored.IsThereAt(now) ? stored : null, now);
    }

    private async ValueTask<long> TellTimeAsync(CancellationToken cancellationToken)
    {
        using var reply = await ReadAsync(() => RespCommand.Rent(StoreScripts.Time, 1).Key(_keys.Version), cancellationToken).ConfigureAwait(false);
        return long.Parse(reply.GetReader().ReadBytes(), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private ValueTask<RespReply> ReadAsync(Func<RespCommand> command, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        return ExecuteAsync(command, repeats: true, cancellationToken);
    }

    private void Begin(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Waits for a server that is away.
    private async ValueTask<RespReply> ExecuteAsync(Func<RespCommand> make, bool repeats, CancellationToken cancellationToken)
    {
        var pause = new RetryPause(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1), _time);
        while (true)
        {
            await WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await _client.SendAsync(make(), cancellationToken).ConfigureAwait(false);
            }
            catch (RedisConnectionException error) when ((repeats || !error.MayHaveRun) && !_disposed.IsCancellationRequested)
            {
                await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException error) when (error.Kind.Passes())
            {
                await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ValueTask WaitConnectedAsync(CancellationToken cancellationToken) => _client.WaitConnectedAsync(cancellationToken);
}
