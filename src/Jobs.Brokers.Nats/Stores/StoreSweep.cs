using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Running;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Clears away what has expired, the marks of deletions, and what indexes that are full have no room for.</summary>
/// <remarks>
/// <para>1. Servers before 2.11 drop single messages by age only if all of a stream live equally long; later ones take out by themselves what says when
/// (<see cref="StoreReader.LetsGo"/>), but trim no index. So one process at a time reads the headers of all entries, when about half as much has been
/// written as there is: a write costs one such reading or two, and what is left lying is bounded.</para>
/// <para>2. A sweep that dies is made up for by the next. Two at once only do the same work twice: what is deleted is named by its place, which is never
/// used again.</para>
/// <para>3. An index is kept to its capacity by what was there when the sweep began. Of that, what was written anew meanwhile is not found, so too few are
/// deleted, never too many.</para>
/// <para>4. What is deleted is taken out, without a mark, so a server that is killed may bring it back for a while. That does no harm to what has expired,
/// for it has so still, nor to a mark. What an index had no room for is there once more, as if it had not been swept yet, and the next sweep takes it:
/// whoever bounds an index has said that its oldest entries count for nothing, and where their absence counts (unique keys, locks), they stand in none.
/// But what it had replaced must not come back alone, and be shown as if it were news: so it stays until the server has written down that this is gone.</para>
/// </remarks>
internal sealed class StoreSweep(
    INatsClient client,
    JetStreamClient jetStream,
    StoreReader reader,
    StoreWriter writer,
    ServerClock clock,
    StoreNames names,
    StoreSweepTimes times,
    TimeProvider time,
    JobsTelemetry telemetry,
    ILogger logger) : IAsyncDisposable
{
    private const int DeletedAtOnce = 64;

    private readonly CancellationTokenSource _stop = new();
    private readonly StreamScan _scan = new(client, jetStream, time);
    private readonly Lock _lock = new();
    private Task? _work;
    private ulong _end;

    /// <summary>Begins, once.</summary>
    public void Start()
    {
        lock (_lock)
        {
            using var clean = CleanContext.Enter();
            _work ??= Task.Run(WorkAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await (_work ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                // Processes that started together do not ask together.
                await Task.Delay(times.Check * (0.5 + Random.Shared.NextDouble()), time, _stop.Token).ConfigureAwait(false);
                if (await TryClaimAsync().ConfigureAwait(false))
                {
                    await SweepAsync().ConfigureAwait(false);
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A loop that ends would let the store grow for ever.
            catch (Exception error)
#pragma warning restore CA1031
            {
                telemetry.ErrorSwallowed("store-sweep");
                Log.StoreSweepInterrupted(logger, names.Namespace, error.Message);
            }
        }
    }

    // True if it is time, and nobody else was faster.
    private async ValueTask<bool> TryClaimAsync()
    {
        if (await reader.LookAsync(_stop.Token).ConfigureAwait(false) is not { Messages: > 0 } stream)
        {
            return false;
        }

        var last = await reader.ReadAsync(names.SweepSubject, mayLag: false, _stop.Token).ConfigureAwait(false);
        if (last is not null)
        {
            var written = stream.LastSequence - last.Sequence;
            var passed = await clock.EarliestAsync(_stop.Token).ConfigureAwait(false) - last.Time;
            if (written < Math.Max(times.LeastWrites, (ulong)stream.Messages / 2) && passed < times.Longest)
            {
                return false;
            }
        }

        // All that is there now is older than this.
        _end = await writer.TryWriteAsync(names.SweepSubject, last?.Sequence ?? 0, writer.Headers(), default, _stop.Token).ConfigureAwait(false);
        return _end > 0;
    }

    private async ValueTask SweepAsync()
    {
        var deleted = 0L;
        var options = new ParallelOptions { MaxDegreeOfParallelism = DeletedAtOnce, CancellationToken = _stop.Token };
        await Parallel.ForEachAsync(GoneAsync(_end), options, async (place, ended) =>
        {
            if (await jetStream.DeleteMessageAsync(names.Stream, place, ended).ConfigureAwait(false))
            {
                Interlocked.Increment(ref deleted);
            }
        }).ConfigureAwait(false);
        if (deleted > 0)
        {
            Log.StoreSwept(logger, names.Namespace, deleted);
        }
    }

    private async IAsyncEnumerable<ulong> GoneAsync(ulong end)
    {
        var indexes = new Dictionary<string, Queue<ulong>>(StringComparer.Ordinal);
        var lastTrimmed = 0UL;
        await foreach (var message in _scan.ReadAsync(names.Stream, null, 1, headersOnly: true, _stop.Token).ConfigureAwait(false))
        {
            if (message.Sequence >= end)
            {
                yield break;
            }

            var now = await clock.EarliestAsync(_stop.Token).ConfigureAwait(false);
            var age = now - message.Time;
            if (age >= times.LeastTrimAge)
            {
                lastTrimmed = message.Sequence;
            }

            if (StoreSlot.IsMark(message) || StoreSlot.ExpiryOf(message) <= now)
            {
                if (age >= times.LeastAge)
                {
                    yield return message.Sequence;
                }
            }
            else if (Push(indexes, message) is > 0 and var oldest && oldest <= lastTrimmed)
            {
                yield return oldest;
            }
        }
    }

    // The newest entries of an index, as many as it has room for: takes one more, and gives the one that has to go; 0 for none.
    private static ulong Push(Dictionary<string, Queue<ulong>> indexes, StoredMessage message)
    {
        var tag = StoreSlot.IndexOf(message, out var capacity);
        if (tag.IsEmpty || capacity == int.MaxValue)
        {
            return 0;
        }

        var name = Encoding.ASCII.GetString(tag);
        if (!indexes.TryGetValue(name, out var newest))
        {
            indexes[name] = newest = [];
        }

        newest.Enqueue(message.Sequence);
        return newest.Count > capacity ? newest.Dequeue() : 0;
    }
}
