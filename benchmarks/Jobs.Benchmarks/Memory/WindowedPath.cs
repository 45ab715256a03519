using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;

namespace Jobs.Benchmarks.Memory;

/// <summary>Something without a bound of its own: the producer keeps at most 1,000 jobs on their way, as the channel's bound does.</summary>
internal abstract class WindowedPath(string name) : IBenchPath
{
    public const int Window = 1000;

    public string Name => name;

    public virtual bool IsSlow => false;

    public Task RunAsync(int jobs) => Task.Run(() => ProduceAsync(jobs));

    public abstract ValueTask DisposeAsync();

    /// <summary>Ends when the job is accepted.</summary>
    protected abstract ValueTask SendAsync(int value);

    private async Task ProduceAsync(int jobs)
    {
        var executions = Executions.Shared;
        executions.Reset();
        var limit = Math.Min(Window, jobs);
        for (var sent = 0; ;)
        {
            for (; sent < limit; sent++)
            {
                await SendAsync(sent);
            }

            if (sent == jobs)
            {
                break;
            }

            // Not at each job: a producer that woke for one place would measure nothing but wake-ups.
            if (executions.Count <= sent - Window)
            {
                await executions.ReachAsync(sent - (Window / 2));
            }

            limit = (int)Math.Min(executions.Count + Window, jobs);
        }

        await executions.ReachAsync(jobs);
    }
}
