using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Hosting;

/// <summary>The hooks around a worker: started in order of registration, stopped in reverse, and stopped only if they had started.</summary>
internal sealed class LifecycleHooks(IEnumerable<IWorkerLifecycle> hooks, JobsTelemetry telemetry, ILogger logger)
{
    private readonly IWorkerLifecycle[] _hooks = [.. hooks];
    private int _started;

    /// <summary>Starts all. If one fails, those before it are stopped, and its exception ends the start.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (_started < _hooks.Length)
            {
                await _hooks[_started].StartingAsync(cancellationToken).ConfigureAwait(false);
                _started++;
            }
        }
        catch
        {
            // Not the start's token: it may be what failed the start, and what was opened must be closed all the same.
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops what has started. A hook that fails is logged and counted; it keeps no other from stopping.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        while (_started > 0)
        {
            var hook = _hooks[--_started];
            try
            {
                await hook.StoppedAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                telemetry.ErrorSwallowed("lifecycle");
                Log.LifecycleStopFailed(logger, exception, hook.GetType().Name);
            }
        }
    }
}
