using System.Collections.Concurrent;
using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Batching;

/// <summary>Notes the batches that a handler was called with, and then does what a test says.</summary>
internal sealed class BatchRecorder
{
    private readonly ConcurrentQueue<int[]> _batches = new();

    public IReadOnlyList<int[]> Batches => [.. _batches];

    public Action<IReadOnlyList<NumberArgs>, JobInvocation>? Script { get; set; }

    public Func<JobInvocation, Task>? Body { get; set; }

    public async ValueTask RunAsync(IReadOnlyList<NumberArgs> items, JobInvocation invocation)
    {
        _batches.Enqueue([.. items.Select(item => item.Value)]);
        Script?.Invoke(items, invocation);
        if (Body is { } body)
        {
            await body(invocation);
        }
    }
}
