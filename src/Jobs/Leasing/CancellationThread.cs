using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Leasing;

/// <summary>Cancels tokens on a thread of its own: callbacks are the user's code, and may take long while the pool is starved.</summary>
internal sealed class CancellationThread : IDisposable
{
    private readonly Queue<CancellationTokenSource> _queue = new();
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private bool _isDisposed;

    public CancellationThread(JobsTelemetry telemetry, ILogger logger)
    {
        _telemetry = telemetry;
        _logger = logger;
        new Thread(Work) { IsBackground = true, Name = "jobs-cancellation" }.Start();
    }

    public void Cancel(CancellationTokenSource tokens)
    {
        lock (_queue)
        {
            _queue.Enqueue(tokens);
            Monitor.Pulse(_queue);
        }
    }

    public void Dispose()
    {
        lock (_queue)
        {
            _isDisposed = true;
            Monitor.Pulse(_queue);
        }
    }

    private void Work()
    {
        while (Take() is { } tokens)
        {
            try
            {
                tokens.Cancel();
            }
            catch (Exception exception)
            {
                _telemetry.ErrorSwallowed("cancel");
                Log.CancellationCallbackFailed(_logger, exception);
            }
        }
    }

    private CancellationTokenSource? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_isDisposed)
                {
                    return null;
                }

                Monitor.Wait(_queue);
            }

            return _queue.Dequeue();
        }
    }
}
