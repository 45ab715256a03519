namespace Jobs;

/// <summary>Runs when a worker starts and stops: open a shared connection, warm a cache, say goodbye.</summary>
/// <remarks>Starts run in order of registration before the first job is received, stops in reverse after the last has ended.</remarks>
public interface IWorkerLifecycle
{
    /// <summary>Called before the first job. What it throws fails the host's start.</summary>
    ValueTask StartingAsync(CancellationToken cancellationToken) => default;

    /// <summary>Called after the last job. What it throws is logged.</summary>
    ValueTask StoppedAsync(CancellationToken cancellationToken) => default;
}
