using System.Collections.Concurrent;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>What one process, or several, did.</summary>
public sealed class ClaimLog
{
    private int _running;
    private int _most;
    private int _begun;

    /// <summary>What was done, in order.</summary>
    public ConcurrentQueue<int> Effects { get; init; } = new();

    /// <summary>How many runs have begun.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>How many ran at once.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>What a run does before its effect.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What a run does after its effect.</summary>
    public Func<CancellationToken, Task> After { get; set; } = static _ => Task.CompletedTask;

    public async Task RunAsync(int value, CancellationToken cancellationToken)
    {
        var running = Interlocked.Increment(ref _running);
        for (var most = Most; most < running; most = Most)
        {
            Interlocked.CompareExchange(ref _most, running, most);
        }

        Interlocked.Increment(ref _begun);
        try
        {
            await Before(cancellationToken);
            Effects.Enqueue(value);
            await After(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
