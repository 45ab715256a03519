using System.Collections.Concurrent;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Notes the steps that a worker takes, and hangs in one of them.</summary>
/// <param name="hangsIn">The step that never ends, or -1.</param>
public sealed class StepLog(int hangsIn)
{
    private readonly ConcurrentQueue<int> _steps = new();
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _never = new();

    public IEnumerable<int> Steps => _steps;

    /// <summary>Ends when the worker hangs.</summary>
    public Task Hangs => _hangs.Task;

    public Task TakeAsync(int step)
    {
        _steps.Enqueue(step);
        if (step != hangsIn)
        {
            return Task.CompletedTask;
        }

        _hangs.SetResult();
        return _never.Task;
    }
}
