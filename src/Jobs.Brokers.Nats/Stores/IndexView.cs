using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Running;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>The indexes of the entries of some classes, as they are when it is asked. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Invariants: (1) who asks sees all that was written before; (2) what was read is kept for a minute after it was asked last, and for ten at the
/// most, so that only what came since is read; a sweep that takes out a mark of a deletion waits longer than that minute, so none is missed; (3) what was
/// read before a connection was lost, from another stream of that name, or beyond what the stream has now, does not count: a server that was killed may
/// have forgotten some of it; (4) one reader at a time, who goes on where another gave up.</para>
/// <para>What an index that is kept to its capacity exactly has no room for is deleted before anyone hears of it.</para>
/// </remarks>
internal sealed class IndexView : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly StoreReader _reader;
    private readonly ServerClock _clock;
    private readonly StreamScan _scan;
    private readonly string _stream;
    private readonly string _subjects;
    private readonly int _exact;
    private readonly Func<ulong, CancellationToken, ValueTask> _delete;
    private readonly TimeProvider _time;
    private readonly ITimer _forgetting;
    private IndexTable? _table;
    private Source _source;
    private long _madeAt;
    private long _askedAt;

    /// <param name="client">The client.</param>
    /// <param name="jetStream">The calls.</param>
    /// <param name="reader">Reads the stream.</param>
    /// <param name="clock">Tells what has expired.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="subjects">Those of the entries.</param>
    /// <param name="exact">The greatest capacity that is kept to exactly.</param>
    /// <param name="delete">Deletes an entry at a place, if it is still there.</param>
    /// <param name="time">The clock of waits.</param>
    public IndexView(
        INatsClient client,
        JetStreamClient jetStream,
        StoreReader reader,
        ServerClock clock,
        string stream,
        string subjects,
        int exact,
        Func<ulong, CancellationToken, ValueTask> delete,
        TimeProvider time)
    {
        (_client, _jetStream, _reader, _clock, _stream, _subjects, _exact, _delete, _time) = (client, jetStream, reader, clock, stream, subjects, exact, delete, time);
        _scan = new StreamScan(client, jetStream, time);
        using var clean = CleanContext.Enter();
        _forgetting = time.CreateTimer(static view => ((IndexView)view!).ForgetIfIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many rows are kept in memory.</summary>
    public int Rows => _table?.Rows ?? 0;

    /// <summary>Reads what came since, and looks.</summary>
    /// <param name="look">Called by one at a time.</param>
    /// <param name="cancellationToken">Ends the call; what was read by then is kept.</param>
    /// <exception cref="JetStreamException">The stream is not there, or JetStream is not available.</exception>
    public async ValueTask<T> AskAsync<T>(Func<IndexTable, T> look, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var table = await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            foreach (var place in table.Trim(await _clock.EarliestAsync(cancellationToken).ConfigureAwait(false), _exact))
            {
                await _delete(place, cancellationToken).ConfigureAwait(false);
            }

            return look(table);
        }
        finally
        {
            _askedAt = _time.GetTimestamp();
            _forgetting.Change(Life, Timeout.InfiniteTimeSpan);
            _turn.Release();
        }
    }

    public void Dispose() => _forgetting.Dispose();

    private async ValueTask<IndexTable> CatchUpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var reconnects = _client.Reconnects;
            var stream = await _reader.LookAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new JetStreamException(JetStreamErrorKind.NotFound, 404, 0, $"The stream '{_stream}' is not there.");
            var table = TableFor(new Source(reconnects, stream.Created), stream.LastSequence);
            while (table.Seen < stream.LastSequence)
            {
                await foreach (var message in _scan.ReadAsync(_stream, _subjects, table.Seen + 1, headersOnly: true, cancellationToken).ConfigureAwait(false))
                {
                    table.Add(message);
                    if (message.Sequence >= stream.LastSequence)
                    {
                        break;
                    }
                }

                if (await IsBehindAsync(table.Seen, stream.LastSequence, cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(Lag, _time, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    table.Seen = Math.Max(table.Seen, stream.LastSequence);
                }
            }

            if (_client.Reconnects == reconnects)
            {
                return table;
            }
        }
    }

    // A scan is answered by any server that keeps the stream, and ends where that one lags, or has miscounted.
    private async ValueTask<bool> IsBehindAsync(ulong seen, ulong last, CancellationToken cancellationToken) =>
        seen < last
        && await _jetStream.GetMessageAsync(_stream, seen + 1, _subjects, cancellationToken).ConfigureAwait(false) is { } next
        && next.Sequence <= last;

    private IndexTable TableFor(Source source, ulong last)
    {
        if (_table is not { } table
            || _source != source
            || table.Seen > last
            || _time.GetElapsedTime(_askedAt) > Life
            || _time.GetElapsedTime(_madeAt) > LongestLife)
        {
            (_table, _source, _madeAt) = (table = new IndexTable(), source, _time.GetTimestamp());
        }

        return table;
    }

    private void ForgetIfIdle()
    {
        // Whoever has the turn sets the timer anew.
        if (_turn.Wait(0))
        {
            _table = null;
            _turn.Release();
        }
    }

    private readonly record struct Source(long Reconnects, DateTimeOffset Created);
}
