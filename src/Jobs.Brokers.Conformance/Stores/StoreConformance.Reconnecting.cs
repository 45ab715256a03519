using Jobs.Brokers.Conformance.Faults;
using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Connections that end, and servers that are away.</content>
public abstract partial class StoreConformance<TFixture>
{
    /// <summary>After a lost connection calls work again, and a watch sees what was written meanwhile.</summary>
    [Fact]
    public async Task A_Lost_Connection_Is_Made_Again()
    {
        await using var proxy = await OpenProxyAsync();
        var store = await ConnectAsync(proxy.EndPoint);
        var other = await ConnectAsync();
        await PutAsync(store, "k", "before");
        await using var watch = store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        Assert.Equal("before", TextOf(await NextAsync(watch)));

        for (var round = 0; round < 3; round++)
        {
            var accepted = proxy.Accepted;
            proxy.Cut();
            await PutAsync(other, "k", $"{round}");
            await UntilAsync(watch, $"{round}");
            Assert.Equal($"{round}", await ServedAsync(() => ReadAsync(store, "k")));

            // A store that knew another way to its server would not have been cut off.
            Assert.True(proxy.Accepted > accepted);
        }
    }

    /// <summary>A call while the server is away is served when it is back, or ends with its token.</summary>
    [Fact]
    public async Task A_Call_Waits_For_The_Server()
    {
        await using var proxy = await OpenProxyAsync();
        var store = await ConnectAsync(proxy.EndPoint);
        await PutAsync(store, "k", "v");
        proxy.Refuse();
        proxy.Cut();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Token);
        impatient.CancelAfter(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WithinAsync(ServedAsync(() => store.GetAsync("k", impatient.Token).AsTask())));

        var waiting = ServedAsync(() => ReadAsync(store, "k"));
        Assert.False(waiting.IsCompleted);
        proxy.Resume();

        Assert.Equal("v", await WithinAsync(waiting));
    }

    /// <summary>A write whose connection is cut is done or not done: a fenced one may simply be repeated.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 2_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 200)]
    public async Task A_Batch_Cut_In_The_Middle_Can_Be_Repeated(ProxyDirection direction, int bytes)
    {
        await using var proxy = await OpenProxyAsync();
        var store = await ConnectAsync<IBatchedStore>(proxy.EndPoint);
        var writes = Enumerable.Range(0, 600).Select(static i => Write($"k{i}", $"{i}", StoreCondition.IfNotNewer(1))).ToArray();
        var results = new StoreWriteResult[writes.Length];
        await PutAsync(store, "connected", "v");
        var accepted = proxy.Accepted;
        proxy.CutAfter(bytes, direction);

        await ServedAsync(async () =>
        {
            await store.WriteAsync(writes, results, Token);
            return true;
        });

        Assert.All(results, static result => Assert.True(result.Written));
        var entries = new StoreEntry?[writes.Length];
        await ServedAsync(async () =>
        {
            await store.GetManyAsync(writes.Select(static write => write.Key).ToArray(), entries, Token);
            return true;
        });
        Assert.Equal(Enumerable.Range(0, 600).Select(static i => $"{i}"), entries.Select(TextOf));
        Assert.True(proxy.Accepted > accepted);
    }

    // A call that was under way when the connection ended fails; the next is served.
    private async Task<T> ServedAsync<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await WithinAsync(call());
            }
            catch (Exception error) when (error is not (OperationCanceledException or TimeoutException or ArgumentException)
                && TimeProvider.System.GetElapsedTime(started) < Fixture.Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            }
        }
    }
}
