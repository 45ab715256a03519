using Jobs.Running;

namespace Jobs.Tests.Running;

public class AsyncSignalTests
{
    private readonly AsyncSignal _signal = new();

    [Fact]
    public void Set_before_the_wait_lets_one_wait_pass()
    {
        _signal.Set();
        _signal.Set();

        Assert.True(_signal.WaitAsync().AsTask().IsCompletedSuccessfully);
        Assert.False(_signal.WaitAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Set_during_the_wait_ends_it_once()
    {
        var first = _signal.WaitAsync().AsTask();
        _signal.Set();
        await RunBench.Soon(first);

        Assert.False(_signal.WaitAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task No_set_is_lost_between_two_threads()
    {
        const int Rounds = 20_000;
        var answer = new AsyncSignal();
        var other = Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await _signal.WaitAsync();
                answer.Set();
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < Rounds; i++)
        {
            _signal.Set();
            await RunBench.Soon(answer.WaitAsync().AsTask());
        }

        await RunBench.Soon(other);
    }
}
