namespace Jobs.Transport.Tests;

public sealed class CompletionTests
{
    [Fact]
    public async Task The_same_object_serves_again_and_again_however_the_wait_and_the_result_meet()
    {
        var one = new One();
        using var given = new SemaphoreSlim(0);
        var giver = new Thread(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                given.Wait();
                one.Give(i);
            }
        });
        giver.Start();
        for (var i = 0; i < 100_000; i++)
        {
            var result = one.Begin();
            given.Release();
            Assert.Equal(i, await result);
        }

        giver.Join();
    }

    [Fact]
    public async Task Whoever_gives_the_result_does_not_run_what_waits_for_it()
    {
        var one = new One();
        var giver = 0;
        var taker = TakeAsync(one);
        var thread = new Thread(() =>
        {
            giver = Environment.CurrentManagedThreadId;
            one.Give(7);
        });
        thread.Start();

        Assert.NotEqual(giver, await taker);
        thread.Join();
    }

    [Fact]
    public async Task Unless_it_is_told_to()
    {
        var one = new One();
        var giver = 0;
        var taker = TakeAsync(one, isInline: true);
        var thread = new Thread(() =>
        {
            giver = Environment.CurrentManagedThreadId;
            one.Give(7);
        });
        thread.Start();
        thread.Join();

        Assert.Equal(giver, await taker);
    }

    [Fact]
    public async Task An_error_is_thrown_where_the_result_is_awaited()
    {
        var one = new One();
        var result = one.Begin();
        one.Fail(new IOException("no"));

        Assert.Equal("no", (await Assert.ThrowsAsync<IOException>(async () => await result)).Message);
    }

    [Fact]
    public void A_synchronous_wait_ends_with_the_result_or_in_time()
    {
        var one = new One();
        one.Restart(isSynchronous: true);
        Assert.False(one.WaitFor(TimeSpan.FromMilliseconds(1)));
        new Thread(() => one.Give(1)).Start();
        Assert.True(one.WaitFor(Loopback.Patience));
    }

    private static async Task<int> TakeAsync(One one, bool isInline = false)
    {
        await one.Begin(isInline).ConfigureAwait(false);
        return Environment.CurrentManagedThreadId;
    }

    private sealed class One : Completion<int>
    {
        private readonly Lock _lock = new();

        public ValueTask<int> Begin(bool isInline = false)
        {
            Restart(isSynchronous: false);
            if (isInline)
            {
                BeInline();
            }

            return Result;
        }

        public void Restart(bool isSynchronous)
        {
            // As in production: nothing is begun anew before the giver has let go.
            lock (_lock)
            {
                Reset();
                if (isSynchronous)
                {
                    BeSynchronous();
                }
            }
        }

        public void Give(int value)
        {
            lock (_lock)
            {
                Complete(value, null);
            }
        }

        public void Fail(Exception error) => Complete(0, error);

        public bool WaitFor(TimeSpan timeout) => Wait(timeout);

        protected override void Taken()
        {
        }
    }
}
