using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Memory;
using Jobs.Stores;
using Jobs.Telemetry;
using Jobs.Testing;
using Jobs.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Cancelling;

public sealed class CancelWatchTests : IAsyncDisposable
{
    private const int MoreThanAPage = IIndexedStore.MaxPageSize + 500;

    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStore _inner;
    private readonly PagedStore _store;
    private readonly CancelWatch _watch;
    private readonly JobsTelemetry _telemetry = new();

    public CancelWatchTests()
    {
        _inner = new MemoryStore(_clock);
        _store = new PagedStore(_inner);
        _watch = new CancelWatch(_store, _telemetry, _clock, NullLogger.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _inner.DisposeAsync();
        _telemetry.Dispose();
    }

    [Fact]
    public async Task Flags_of_a_page_that_could_not_be_read_are_read_with_the_next_try()
    {
        for (var i = 0; i < MoreThanAPage; i++)
        {
            await SetAsync(i);
        }

        _store.FailsAtPage = 2;
        var starting = _watch.StartAsync(Token);
        await RunBench.Soon(_store.Failed);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await RunBench.Soon(starting);

        Assert.All(Enumerable.Range(0, MoreThanAPage), i => Assert.True(_watch.Contains(IdOf(i)), $"{i}"));
    }

    [Fact]
    public async Task A_flag_that_another_worker_has_taken_away_is_forgotten_in_time()
    {
        await SetAsync(1);
        await _watch.StartAsync(Token);
        Assert.True(_watch.Contains(IdOf(1)));

        await _inner.DeleteAsync(CancelFlags.KeyOf(IdOf(1)), StoreCondition.Always, Token);
        _clock.Advance(TimeSpan.FromMinutes(10));
        var told = new TaskCompletionSource();
        _watch.Requested = _ => told.TrySetResult();
        await SetAsync(2);
        await RunBench.Soon(told.Task);
        await SetAsync(3);
        await RunBench.Soon(_store.ReadAsync(pages: 3));

        Assert.False(_watch.Contains(IdOf(1)));
        Assert.True(_watch.Contains(IdOf(2)));
    }

    private static JobId IdOf(int i) => JobId.Parse($"job-{i}");

    private ValueTask SetAsync(int i) => _inner.WriteAsync(CancelFlags.Set(IdOf(i), TimeSpan.Zero), new StoreWriteResult[2], Token);

    /// <summary>A store that fails to give a page, once.</summary>
    private sealed class PagedStore(MemoryStore inner) : IIndexedStore
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _asked = new(0);
        private int _pages;

        public int FailsAtPage { get; set; }

        public Task Failed => _failed.Task;

        public string Name => inner.Name;

        public StoreFeatures Features => inner.Features;

        public BrokerHealth Health => inner.Health;

        /// <summary>Ends when so many pages have been asked for since the start.</summary>
        public async Task ReadAsync(int pages)
        {
            for (var i = 0; i < pages; i++)
            {
                await _asked.WaitAsync(Token);
            }
        }

        public ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default)
        {
            _asked.Release();
            if (++_pages == FailsAtPage)
            {
                _failed.TrySetResult();
                throw new IOException("The store cannot be reached.");
            }

            return inner.PageAsync(index, cursor, take, cancellationToken);
        }

        public ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default) => inner.CountAsync(indexes, counts, cancellationToken);

        public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

        public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
            inner.PutAsync(key, value, condition, expiry, cancellationToken);

        public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default) => inner.DeleteAsync(key, condition, cancellationToken);

        public IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default) => inner.WatchAsync(key, cancellationToken);

        public ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(writes, results, cancellationToken);

        public ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default) => inner.GetManyAsync(keys, entries, cancellationToken);

        public ValueTask DisposeAsync() => default;
    }
}
