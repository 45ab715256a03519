using System.Threading.Channels;
using Jobs.Memory;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Jobs.Testing;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Status;

public sealed class RecordWriterTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Channel<(object Owner, StoreWriteResult[] Results, Exception? Error)> _told = Channel.CreateUnbounded<(object, StoreWriteResult[], Exception?)>();
    private readonly MemoryStore _memory;
    private readonly AwayStore _store;
    private readonly RecordWriter _writer;

    public RecordWriterTests()
    {
        _memory = new MemoryStore(_clock);
        _store = new AwayStore(_memory);
        _writer = new RecordWriter(_store, (owner, results, error) => _told.Writer.TryWrite((owner, results.ToArray(), error)), new JobsTelemetry(), _clock, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _memory.DisposeAsync();

    [Fact]
    public async Task Owners_are_told_when_their_writes_are_there()
    {
        _writer.Add([Write("a", 1), Write("b", 1)], "owner", mayBeLate: false);

        var told = await ToldAsync();
        Assert.Equal(("owner", null), (told.Owner, told.Error));
        Assert.NotNull(await ReadAsync("a"));
        Assert.NotNull(await ReadAsync("b"));
    }

    [Fact]
    public async Task What_is_added_while_a_batch_is_on_its_way_is_the_next_and_each_owner_hears_what_became_of_its_own_writes()
    {
        await _memory.PutAsync("first", "v"u8.ToArray(), StoreCondition.Always, expiry: null, TestContext.Current.CancellationToken);
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        _writer.Add([Write("first", 1)], "first", mayBeLate: false);
        await _store.Waits.WaitAsync(Bench.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        _writer.Add([Write("a", 1)], owner: null, mayBeLate: false);
        _writer.Add([Write("b", 1), Write("first", -1), Write("c", 1)], "many", mayBeLate: false);
        _writer.Add([Write("d", 1)], "one", mayBeLate: false);
        for (var turn = 0; turn < 1_000 && ThreadPool.PendingWorkItemCount > 0; turn++)
        {
            await Task.Yield();
        }

        Assert.Equal(1, _store.Writes);
        gate.SetResult();

        Assert.Equal("first", (await ToldAsync()).Owner);
        var many = await ToldAsync();
        Assert.Equal(("many", null), (many.Owner, many.Error));
        Assert.Equal([true, false, true], many.Results.Select(static result => result.Written));
        Assert.Equal((await ReadAsync("c"))!.Version, many.Results[2].Version);
        Assert.Equal((await ReadAsync("d"))!.Version, Assert.Single((await ToldAsync()).Results).Version);
        Assert.Equal(2, _store.Writes);
    }

    [Fact]
    public async Task Full_batches_do_not_wait_for_one_that_is_on_its_way()
    {
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        _writer.Add([Write("first", 1)], "first", mayBeLate: false);
        await _store.Waits.WaitAsync(Bench.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        _store.Gate = Task.CompletedTask;
        for (var i = 0; i < 256; i++)
        {
            _writer.Add([Write($"key-{i}", 1)], "full", mayBeLate: false);
        }

        for (var i = 0; i < 256; i++)
        {
            Assert.Equal("full", (await ToldAsync()).Owner);
        }

        gate.SetResult();
        Assert.Equal("first", (await ToldAsync()).Owner);
    }

    [Fact]
    public async Task What_may_be_late_is_written_once_the_store_is_back_and_overwrites_nothing_newer()
    {
        _store.IsAway = true;
        foreach (var (key, mayBeLate) in new[] { ("late", true), ("overtaken", true), ("never", false) })
        {
            _writer.Add([Write(key, 1)], key, mayBeLate);
            var told = await ToldAsync();
            Assert.Equal(key, told.Owner);
            Assert.IsType<IOException>(told.Error);
            Assert.Empty(told.Results);
        }

        _store.IsAway = false;
        _writer.Add([Write("overtaken", 2)], "newer", mayBeLate: true);
        await UntilAsync(async () => await ReadAsync("late") is not null);
        Assert.Equal("newer", (await ToldAsync()).Owner);

        Assert.Equal(2, (await ReadAsync("overtaken"))!.Order);
        Assert.Null(await ReadAsync("never"));
    }

    // An order of -1: only if nothing is there.
    private static StoreWrite Write(string key, long order) => new()
    {
        Key = key,
        Value = "v"u8.ToArray(),
        Condition = order < 0 ? StoreCondition.IfAbsent : StoreCondition.IfNotNewer(order),
    };

    private Task<(object Owner, StoreWriteResult[] Results, Exception? Error)> ToldAsync() =>
        _told.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Bench.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task<StoreEntry?> ReadAsync(string key) => await _memory.GetAsync(key, TestContext.Current.CancellationToken);

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 1_000 && !await holds(); i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.True(await holds());
    }
}
