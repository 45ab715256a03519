using Jobs.Testing;

namespace Jobs.Transport.Tests;

public sealed class ReconnectorTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task It_tries_for_ever_until_it_is_disposed()
    {
        var target = new Target(ConnectionEnd.Unreachable);
        var reconnector = new Reconnector(target, "test", _time);
        reconnector.Start();
        while (target.Runs < 50)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await reconnector.DisposeAsync();
        var runs = target.Runs;
        Assert.True(target.IsAborted);
        Assert.True(reconnector.IsStopping);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(runs, target.Runs);
    }

    [Fact]
    public async Task A_connection_that_held_is_followed_at_once()
    {
        var target = new Target(ConnectionEnd.Lost);
        await using var reconnector = new Reconnector(target, "test", _time);

        // Each connection holds for a second: no wait of the clock is needed between them.
        target.OnRun = () => _time.Advance(TimeSpan.FromSeconds(1));
        reconnector.Start();
        Assert.True(await target.ReachedAsync(20));
    }

    [Fact]
    public async Task A_connection_that_ends_soon_is_made_again_once_and_then_after_a_wait()
    {
        var target = new Target(ConnectionEnd.Lost);
        await using var reconnector = new Reconnector(target, "test", _time);
        reconnector.Start();
        while (_time.NextTimerDue is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, target.Runs);
    }

    private sealed class Target(ConnectionEnd end) : IReconnecting
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _goal = int.MaxValue;
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public bool IsAborted { get; private set; }

        public Action? OnRun { get; set; }

        public ConnectionEnd RunOnce()
        {
            OnRun?.Invoke();
            if (Interlocked.Increment(ref _runs) >= Volatile.Read(ref _goal))
            {
                _reached.TrySetResult();
            }

            return end;
        }

        public void Abort() => IsAborted = true;

        public async Task<bool> ReachedAsync(int runs)
        {
            Volatile.Write(ref _goal, runs);
            await _reached.Task.WaitAsync(Loopback.Patience, TimeProvider.System);
            return true;
        }
    }
}
