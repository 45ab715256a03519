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
        lock (trimming)
        {
            if (!trimming.IsRequested)
            {
                using var clean = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
                var before = trimming.Work;
                trimming.IsRequested = true;
                trimming.Work = Task.Run(() => WorkAsync(index, trimming, before));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_trims.Values.Select(static trimming => trimming.Work)).ConfigureAwait(false);
    }

    private async Task WorkAsync(StoreIndex index, Trimming trimming, Task before)
    {
        try
        {
            await before.ConfigureAwait(false);
            await Task.Delay(Pause, time, _stop.Token).ConfigureAwait(false);

            // What is added from now on asks anew.
            lock (trimming)
            {
                trimming.IsRequested = false;
            }

            await trim(index, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The store is being disposed.
        }
#pragma warning disable CA1031 // The next write asks again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            telemetry.ErrorSwallowed("index");
            Log.TrimFailed(logger, index.Name, error.Message);
        }
    }

    private sealed class Trimming
    {
        public bool IsRequested { get; set; }

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
