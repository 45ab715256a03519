using System.Threading.Channels;
using Jobs.Catalog;

namespace Jobs.Tests.Running;

/// <summary>A job whose runs say that they have started, and end when the test opens the gate.</summary>
internal sealed class Gated : IDisposable
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<int> _starts = Channel.CreateUnbounded<int>();
    private int _started;
    private int _running;
    private int _most;

    public Gated(JobSettings? settings = null, bool ignoresToken = true) => Job = TestJobs.Job(async (_, invocation) =>
    {
        var started = Interlocked.Increment(ref _started);
        InterlockedMax(ref _most, Interlocked.Increment(ref _running));
        Token = invocation.CancellationToken;
        _starts.Writer.TryWrite(started);
        try
        {
            await (ignoresToken ? _open.Task : _open.Task.WaitAsync(invocation.CancellationToken));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }, settings);

    public JobRegistration Job { get; }

    public int Started => Volatile.Read(ref _started);

    public int MostAtOnce => Volatile.Read(ref _most);

    /// <summary>The token of the run that started last.</summary>
    public CancellationToken Token { get; private set; }

    public async Task StartedAsync(int count)
    {
        while (Started < count)
        {
            await RunBench.Soon(_starts.Reader.ReadAsync().AsTask());
        }
    }

    public void Open() => _open.TrySetResult();

    public void Fail(Exception exception) => _open.TrySetException(exception);

    public void Dispose() => Open();

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = Volatile.Read(ref place); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref place, value, seen);
        }
    }
}
