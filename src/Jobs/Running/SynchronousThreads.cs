namespace Jobs.Running;

/// <summary>Threads for handlers that block theirs, so that they cannot starve the pool. Grows on demand, shrinks when idle.</summary>
/// <remarks>The gate bounds how many run at once, so this need not.</remarks>
internal sealed class SynchronousThreads
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(20);

    private readonly Queue<JobRun> _queue = new();
    private int _idle;

    public void Start(JobRun run)
    {
        lock (_queue)
        {
            _queue.Enqueue(run);
            if (_idle >= _queue.Count)
            {
                Monitor.Pulse(_queue);
                return;
            }
        }

        new Thread(Work) { IsBackground = true, Name = "jobs-synchronous" }.UnsafeStart();
    }

    private void Work()
    {
        while (Take() is { } run)
        {
            // A clean context for each run: what one handler leaves in an AsyncLocal must not reach the next.
            ExecutionContext.Run(CleanContext.Value, static state => ((JobRun)state!).ExecuteAlone(), run);
        }
    }

    private JobRun? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                _idle++;
                var woken = Monitor.Wait(_queue, IdleLimit);
                _idle--;
                if (!woken && _queue.Count == 0)
                {
                    return null;
                }
            }

            return _queue.Dequeue();
        }
    }
}
