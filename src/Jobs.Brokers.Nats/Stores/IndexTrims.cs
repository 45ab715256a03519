using System.Collections.Concurrent;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Trims indexes behind the writes' back: each at most five times a second, however often that is asked for. Safe for concurrent use.</summary>
internal sealed class IndexTrims(Func<StoreIndex, CancellationToken, ValueTask> trim, TimeProvider time, JobsTelemetry telemetry, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Trimming> _trims = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Something was added to an index.</summary>
    public void Request(StoreIndex index)
    {
        var trimming = _trims.GetOrAdd(index.Name, static _ => new Trimming());
        if (Interlocked.Exchange(ref trimming.IsRequested, 1) == 0)
        {
            using var clean = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
            trimming.Work = Task.Run(() => WorkAsync(index, trimming));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_trims.Values.Select(static trimming => trimming.Work)).ConfigureAwait(false);
    }

    private async Task WorkAsync(StoreIndex index, Trimming trimming)
    {
        try
        {
            await trimming.Turn.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                await Task.Delay(Pause, time, _stop.Token).ConfigureAwait(false);

                // What is added from now on asks anew.
                Volatile.Write(ref trimming.IsRequested, 0);
                await trim(index, _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                trimming.Turn.Release();
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The store is being disposed.
        }
#pragma warning disable CA1031 // The next write asks again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Volatile.Write(ref trimming.IsRequested, 0);
            telemetry.ErrorSwallowed("index");
            Log.TrimFailed(logger, index.Name, error.Message);
        }
    }

    private sealed class Trimming
    {
        public readonly SemaphoreSlim Turn = new(1, 1);
        public int IsRequested;
        public Task Work = Task.CompletedTask;
    }
}
