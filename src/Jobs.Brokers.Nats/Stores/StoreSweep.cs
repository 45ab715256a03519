using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Clears away what has expired, the marks of deletions, and notes that no entry names.</summary>
/// <remarks>
/// <para>1. Servers before 2.11 drop single messages by age only if all of a stream live equally long. So one process at a time reads the headers of all
/// entries, when about half as much has been written as there is: a write costs one such reading or two, and what is left lying is bounded.</para>
/// <para>2. A sweep that dies is made up for by the next. Two at once only do the same work twice: what is deleted is named by its place, which is never
/// used again.</para>
/// </remarks>
internal sealed class StoreSweep(
    INatsClient client,
    JetStreamClient jetStream,
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

    /// <summary>Begins, once.</summary>
    public void Start()
    {
        lock (_lock)
        {
            using var clean = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
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
        if (await jetStream.GetStreamAsync(names.Stream, cancellationToken: _stop.Token).ConfigureAwait(false) is not { Messages: > 0 } stream)
        {
            return false;
        }

        var last = await jetStream.GetLastMessageAsync(names.Stream, names.SweepSubject, _stop.Token).ConfigureAwait(false);
        if (last is not null)
        {
            var written = stream.LastSequence - last.Sequence;
            var passed = await clock.EarliestAsync(_stop.Token).ConfigureAwait(false) - last.Time;
            if (written < Math.Max(times.LeastWrites, (ulong)stream.Messages / 2) && passed < times.Longest)
            {
                return false;
            }
        }

        return await writer.TryWriteAsync(names.SweepSubject, last?.Sequence ?? 0, writer.Headers(), default, _stop.Token).ConfigureAwait(false) > 0;
    }

    private async ValueTask SweepAsync()
    {
        // Those written from now on are none of our business.
        var notesEnd = (await jetStream.GetStreamAsync(names.IndexStream, cancellationToken: _stop.Token).ConfigureAwait(false))?.LastSequence ?? 0;
        var named = new HashSet<ulong>();
        var entries = new Deletions(jetStream, names.Stream, _stop.Token);
        await foreach (var message in _scan.ReadAsync(names.Stream, null, 1, headersOnly: true, _stop.Token).ConfigureAwait(false))
        {
            var now = await clock.EarliestAsync(_stop.Token).ConfigureAwait(false);
            var isGone = message.Headers.TryGet(StoreHeaders.Operation, out _) || StoreSlot.ExpiryOf(message) <= now;
            if (!isGone)
            {
                named.Add((ulong)(message.Headers.ReadNumber(StoreHeaders.Note) ?? 0));
            }
            else if (now - message.Time >= times.LeastAge)
            {
                await entries.AddAsync(message.Sequence).ConfigureAwait(false);
            }
        }

        var notes = new Deletions(jetStream, names.IndexStream, _stop.Token);
        await foreach (var message in _scan.ReadAsync(names.IndexStream, null, 1, headersOnly: false, _stop.Token).ConfigureAwait(false))
        {
            if (message.Sequence <= notesEnd
                && !named.Contains(message.Sequence)
                && await clock.EarliestAsync(_stop.Token).ConfigureAwait(false) - message.Time > times.LeastNoteAge
                && !await IsNamedAsync(Encoding.UTF8.GetString(message.Data.Span), message.Sequence).ConfigureAwait(false))
            {
                await notes.AddAsync(message.Sequence).ConfigureAwait(false);
            }
        }

        var (deleted, cleared) = (await entries.EndAsync().ConfigureAwait(false), await notes.EndAsync().ConfigureAwait(false));
        if (deleted + cleared > 0)
        {
            Log.StoreSwept(logger, names.Namespace, deleted, cleared);
        }
    }

    // Its entry may have been written after the entries were read.
    private async ValueTask<bool> IsNamedAsync(string key, ulong note) =>
        await jetStream.GetLastMessageAsync(names.Stream, names.EntrySubject(key), _stop.Token).ConfigureAwait(false) is { } entry
        && (ulong)(entry.Headers.ReadNumber(StoreHeaders.Note) ?? 0) == note
        && !(StoreSlot.ExpiryOf(entry) <= await clock.EarliestAsync(_stop.Token).ConfigureAwait(false));

    private sealed class Deletions(JetStreamClient jetStream, string stream, CancellationToken cancellationToken)
    {
        private readonly List<Task<bool>> _underWay = [];
        private long _deleted;

        public async ValueTask AddAsync(ulong sequence)
        {
            _underWay.Add(jetStream.DeleteMessageAsync(stream, sequence, cancellationToken).AsTask());
            if (_underWay.Count == DeletedAtOnce)
            {
                await EndAsync().ConfigureAwait(false);
            }
        }

        public async ValueTask<long> EndAsync()
        {
            _deleted += (await Task.WhenAll(_underWay).ConfigureAwait(false)).Count(static isDeleted => isDeleted);
            _underWay.Clear();
            return _deleted;
        }
    }
}
